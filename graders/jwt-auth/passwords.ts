import { defineStage, expect, type Http, type Sql } from 'backend-labs/kit';
import { logIn, newAccount, register, tryLogIn, tryRegister } from './accounts.ts';
import { anyOf } from './asking.ts';
import { looksLike, readHash } from './hashes.ts';
import { AUTHENTICATION, PASSWORD_STORAGE, rfc } from './reading.ts';

export default defineStage({
  id: 'passwords',
  title: 'Passwords',
  world: 'shared',
  checks: [
    {
      id: 'hashes-slowly',
      title: '`users.password_hash` holds bcrypt, Argon2id, scrypt or PBKDF2, at a sound cost',
      points: 3,
      needs: ['logs-in'],
      hint: 'A fast hash such as SHA-256 is tried a billion times a second by whoever steals the table. Let a library make and verify the string: bcrypt, argon2, passlib; or write scrypt’s in the form of the contract.',
      reference: PASSWORD_STORAGE,
      run: async ({ http, sql, random }) => {
        const account = newAccount(random);
        const registered = await register(http, account);
        const stored = await storedHash(sql, account.email);
        const hash = readHash(stored);
        if (hash === undefined)
          throw registered.failure(
            'a slow hash in users.password_hash, in one of the forms of the contract: $2b$10$…, $argon2id$…, $scrypt$…, $pbkdf2-sha256$…',
            looksLike(stored, account.password),
          );
        if (hash.weakness !== undefined)
          throw registered.failure(
            `${hash.algorithm} at the cost that the contract names, or above`,
            `${shortened(stored)}: ${hash.weakness}`,
          );
      },
    },
    {
      id: 'salts-each-hash',
      title: 'Equal passwords have different hashes, each with 16 bytes of salt or more',
      points: 2,
      needs: ['hashes-slowly'],
      hint: 'Make a new random salt for each password; bcrypt and argon2 libraries do so themselves. With one salt for all, whoever cracks one hash has cracked its twins.',
      reference: PASSWORD_STORAGE,
      run: async ({ http, sql, random }) => {
        const { password } = newAccount(random);
        const salts: string[] = [];
        for (let i = 0; i < 3; i += 1) {
          const account = newAccount(random, { password });
          const note = 'with the same password as others';
          const registered = await register(anyOf(http, random), account, { note });
          const stored = await storedHash(sql, account.email);
          const hash = readHash(stored);
          if (hash === undefined) throw registered.failure('a hash as before', shortened(stored));
          if (hash.saltBytes < 16)
            throw registered.failure(
              'a salt of 16 bytes or more',
              `${hash.saltBytes} bytes in ${shortened(stored)}`,
            );
          if (salts.includes(hash.salt))
            throw registered.failure(
              'another salt for each account',
              `the salt ${hash.salt}, which another account has`,
            );
          salts.push(hash.salt);
        }
      },
    },
    {
      id: 'counts-every-byte',
      title: 'Passwords that are equal in their first 72 bytes are not the same',
      points: 2,
      needs: ['logs-in'],
      hint: 'bcrypt reads 72 bytes and forgets the rest. Refuse longer passwords with 422 (bytes of UTF-8, not characters), or use an algorithm without that limit.',
      reference: PASSWORD_STORAGE,
      run: async ({ http, random }) => {
        const ascii = (bytes: number) => random.word(bytes);
        const wide = '🔑'.repeat(18);
        for (const exact of [`${ascii(70)}é`, wide]) {
          const account = newAccount(random, { password: exact });
          await register(http, account, { note: 'a password of exactly 72 bytes' });
          await logIn(http, account, { note: 'with its password of exactly 72 bytes' });
          await expectWrong(http, account.email, exact.slice(0, -2), 'without its last characters');
        }
        for (const [head, tail, other] of [
          [ascii(72), 'A', 'B'],
          [wide, 'correct', 'wrong'],
        ] as const) {
          const account = newAccount(random, { password: head + tail });
          const bytes = Buffer.byteLength(account.password);
          const note = `a password of ${bytes} bytes`;
          const { password, email, name } = account;
          const answer = await tryRegister(http, { email, password, name }, { note });
          expect(answer).toHaveStatus(201, 422);
          if (answer.status === 422) continue;
          await expectWrong(
            http,
            email,
            head + other,
            `a password that is like the account’s in its first ${Buffer.byteLength(head)} bytes, and differs behind`,
          );
          await logIn(http, account, { note: `with its password of ${bytes} bytes` });
        }
      },
    },
    {
      id: 'takes-any-characters',
      title: 'Passwords of any characters count as they were sent, blanks and case included',
      points: 1,
      needs: ['logs-in'],
      hint: 'Do not trim, lower or escape a password, and give the hash its UTF-8 bytes.',
      reference: AUTHENTICATION,
      run: async ({ http, random }) => {
        const tail = random.word(6);
        const cases: [password: string, others: readonly string[]][] = [
          [`pässwörd-${tail}`, [`password-${tail}`, `p?ssw?rd-${tail}`]],
          [`ひみつのことば${tail}`, [`ひみつのことは${tail}`, `?????????${tail}`]],
          [`  ${tail} with blanks  `, [`${tail} with blanks`, `  ${tail} with blanks`]],
          [`MixedCase-${tail}`, [`mixedcase-${tail}`, `MIXEDCASE-${tail.toUpperCase()}`]],
          ['🗝🔑🧿🪬🔒🔓🛡🧷', ['🗝🔑🧿🪬🔒🔓🛡🧲']],
          [`        `, [`         `]],
        ];
        for (const [password, others] of cases) {
          const account = newAccount(random, { password });
          await register(http, account);
          await logIn(anyOf(http, random), account, { note: 'with its password' });
          for (const other of others)
            await expectWrong(http, account.email, other, `with another: ${JSON.stringify(other)}`);
        }
      },
    },
    {
      id: 'refuses-bad-passwords',
      title:
        'Passwords of fewer than 8 or more than 128 characters, with U+0000, or no strings, are 422',
      points: 1,
      needs: ['registers'],
      hint: 'Count code points, not UTF-16 units: one emoji is one character. Some bcrypt implementations stop at U+0000, so that what stands behind it would not count.',
      reference: rfc(9110, '15.5.21', '422 Unprocessable Content'),
      run: async ({ http, random }) => {
        const bad: unknown[] = [
          '',
          'seven77',
          '🔑🔑🔑🔑🔑🔑🔑',
          'x'.repeat(129),
          `${random.word(9)}\0${random.word(9)}`,
          `${random.word(9)}\ud800`,
          null,
          12345678,
          ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'],
          { $ne: '' },
        ];
        for (const password of bad) {
          const json = { ...newAccount(random), password };
          const note = `the password ${JSON.stringify(password).slice(0, 60)}`;
          const answer = await tryRegister(anyOf(http, random), json, { note });
          expect(answer).toBeProblem(422);
        }
        const { password: _, ...without } = newAccount(random);
        expect(await http.post('/auth/register', { json: without })).toBeProblem(422);
        const account = newAccount(random);
        await register(http, account);
        for (const password of [
          `${account.password}\0`,
          `${account.password}\0x`,
          `\0${account.password}`,
          '\udc00'.repeat(9),
        ])
          await expectWrong(
            http,
            account.email,
            password,
            'with U+0000 or a lone surrogate',
            [401, 422],
          );
      },
    },
  ],
});

async function storedHash(sql: Sql, email: string): Promise<string> {
  const [row] = await sql<{ password_hash: string }>`
    SELECT password_hash FROM users WHERE email = ${email}`;
  expect(row === undefined, 'no row of users with the address that was registered').toBe(false);
  return row!.password_hash;
}

const shortened = (stored: string): string => `${stored.slice(0, 40)}…`;

async function expectWrong(
  http: Http,
  email: string,
  password: string,
  note: string,
  statuses: readonly number[] = [401, 422],
): Promise<void> {
  const answer = await tryLogIn(http, { email, password }, { note });
  expect(answer).toBeProblem(...statuses);
}
