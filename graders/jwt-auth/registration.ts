import { defineStage, expect } from 'backend-labs/kit';
import { logIn, newAccount, register, signUp, tryLogIn, tryRegister } from './accounts.ts';
import { anyOf, ask, bothOf } from './asking.ts';
import { AUTHENTICATION, MASS_ASSIGNMENT, rfc, UNIQUE } from './reading.ts';

export default defineStage({
  id: 'registration',
  title: 'Accounts, and what a body may say',
  world: 'shared',
  checks: [
    {
      id: 'addresses-are-unique',
      title: 'An address that is taken is 409, in whatever case it is spelt',
      points: 1,
      needs: ['logs-in'],
      hint: 'Lower the address before you store it and before you look for it, and answer the violation of the UNIQUE constraint (SQLSTATE 23505) with 409.',
      reference: UNIQUE,
      run: async ({ http, sql, random }) => {
        const word = random.word(8);
        const account = newAccount(random, { email: `Ada.${word}+Notes@Mail-${word}.Example` });
        const lower = account.email.toLowerCase();
        const registered = await register(http, account);
        expect(registered).toHaveJson({ email: lower });
        const rows = await sql`SELECT 1 FROM users WHERE email = ${lower}`;
        expect(rows.length, 'the rows of users with the address in lower case', registered).toBe(1);
        for (const email of [account.email, lower, account.email.toUpperCase()]) {
          const json = newAccount(random, { email });
          const note = 'an address that is taken';
          const second = await tryRegister(anyOf(http, random), json, { note });
          expect(second).toBeProblem(409);
          await logIn(anyOf(http, random), { ...account, email }, { note: `as ${email}` });
        }
        const left = await sql`SELECT name FROM users WHERE lower(email) = ${lower}`;
        expect(left, 'the rows of users with this address, in any case').toBe([
          { name: account.name },
        ]);
      },
    },
    {
      id: 'register-takes-no-role',
      title: 'A role in the body of a registration makes nobody an admin',
      points: 2,
      needs: ['registers'],
      hint: 'Take from the body what the contract lists (email, password, name), member by member. A body that is spread into an INSERT lets the client choose every column.',
      reference: MASS_ASSIGNMENT,
      run: async ({ http, sql, random }) => {
        const id = random.uuid();
        const extras: Record<string, unknown>[] = [
          { role: 'admin' },
          { role: 'admin', roles: ['admin'], isAdmin: true, is_admin: true, admin: true },
          { user: { role: 'admin' }, scope: 'admin' },
          { id },
          { created_at: '2001-01-01T00:00:00Z', createdAt: '2001-01-01T00:00:00Z' },
          { password_hash: '$2b$10$x', passwordHash: '$2b$10$x' },
        ];
        for (const extra of extras) {
          const account = newAccount(random);
          const note = `with ${JSON.stringify(extra)}`;
          const json = { ...account, ...extra };
          const answer = await tryRegister(anyOf(http, random), json, { note });
          expect(answer).toHaveStatus(201, 422);
          if (answer.status === 422) continue;
          expect(answer).toHaveJson({ role: 'user' });
          const [row] =
            await sql`SELECT id, role, created_at FROM users WHERE email = ${account.email}`;
          expect(row?.['role'], 'users.role of the new account', answer).toBe('user');
          expect(row?.['id'], 'users.id, which the server makes', answer).notToBe(id);
          const year = new Date(row?.['created_at']).getUTCFullYear();
          expect(year, 'the year in users.created_at', answer).notToBe(2001);
          await logIn(http, account, { note: 'with its password' });
        }
      },
    },
    {
      id: 'patch-takes-no-role',
      title: 'Nor does one in the body of PATCH /me, nor does it change anything else',
      points: 1,
      needs: ['changes-name'],
      hint: 'PATCH /me changes `name` alone. Build the UPDATE from what the contract lists, not from the members of the body.',
      reference: MASS_ASSIGNMENT,
      run: async ({ http, sql, random }) => {
        const session = await signUp(http, random);
        const rowOf = async () => (await sql`SELECT * FROM users WHERE id = ${session.user.id}`)[0];
        const before = await rowOf();
        const extras: Record<string, unknown>[] = [
          { role: 'admin' },
          { role: 'admin', name: session.user.name, isAdmin: true },
          { id: random.uuid() },
          { email: `${random.word(12)}@taken.example` },
          { password: 'another password', password_hash: 'x', passwordHash: 'x' },
        ];
        for (const json of extras) {
          const note = `with ${JSON.stringify(json)}`;
          const answer = await ask(anyOf(http, random), session.access, 'PATCH', '/me', {
            json,
            note,
          });
          expect(answer).toHaveStatus(200, 422);
          const after = await rowOf();
          for (const column of ['id', 'email', 'role', 'name', 'password_hash'])
            expect(after?.[column], `users.${column}`, answer).toBe(before?.[column]);
        }
        await logIn(http, session.account, { note: 'with its password, as before' });
      },
    },
    {
      id: 'refuses-bad-bodies',
      title:
        'Bad bodies are 400, 415 or 422, unknown paths 404, unknown methods 405, all as problems',
      points: 1,
      needs: ['keeps-notes'],
      hint: 'Make one error handler, and let it answer every error, also those that your framework finds, as application/problem+json with type, title and status.',
      reference: rfc(9457, '3', 'Members of a Problem Details Object'),
      run: async ({ http, random }) => {
        const { access } = await signUp(http, random);
        const account = newAccount(random);
        const invalid: [path: string, json: unknown][] = [
          ['/auth/register', {}],
          ['/auth/register', []],
          ['/auth/register', { ...account, email: undefined }],
          ...[
            '',
            'ada',
            '@example.org',
            'ada@',
            'a da@example.org',
            `${'a'.repeat(250)}@b.example`,
            7,
            null,
          ].map((email): [string, unknown] => ['/auth/register', { ...account, email }]),
          ...['', 'x'.repeat(101), 'a\0b', 'a\udc00', 7, null, undefined].map(
            (name): [string, unknown] => ['/auth/register', { ...account, name }],
          ),
          ['/auth/login', { email: account.email }],
          ['/auth/login', { password: account.password }],
          ['/auth/login', { email: account.email, password: { $ne: '' } }],
          ['/auth/login', { email: ['a@b.example'], password: 'x' }],
          ['/auth/refresh', {}],
          ['/auth/refresh', { refresh_token: 7 }],
          ['/auth/refresh', { refresh_token: { $ne: '' } }],
          ['/notes', {}],
          ['/notes', { title: '' }],
          ['/notes', { title: 7 }],
          ['/notes', { title: 'x'.repeat(201) }],
          ['/notes', { title: 'a\0b' }],
          ['/notes', { title: 'x', body: null }],
          ['/notes', { title: 'x', body: 'x'.repeat(10_001) }],
        ];
        for (const [path, json] of random.shuffle(invalid)) {
          const note = `with ${JSON.stringify(json)?.slice(0, 80)}`;
          expect(await ask(anyOf(http, random), access, 'POST', path, { json, note })).toBeProblem(
            422,
          );
        }
        const typed = (type: string) => ({ 'content-type': type });
        for (const path of ['/auth/register', '/auth/login', '/auth/refresh', '/notes']) {
          const broken = { body: '{"email": "ada', headers: typed('application/json') };
          expect(await ask(http, access, 'POST', path, broken)).toBeProblem(400);
          const form = { body: 'email=a', headers: typed('application/x-www-form-urlencoded') };
          expect(await ask(http, access, 'POST', path, form)).toBeProblem(415);
        }
        const strange = { ...account, email: `a\0@b.example` };
        const note = 'with U+0000 in the address';
        expect(await tryLogIn(http, strange, { note })).toBeProblem(401, 422);
        const token = { refresh_token: `x\0${'y'.repeat(40)}` };
        expect(await http.post('/auth/refresh', { json: token })).toBeProblem(401, 422);
        expect(await http.get(`/${random.word()}`)).toBeProblem(404);
        for (const id of ['x', '7', '%27%20OR%201=1%20--', '%00', `${random.uuid()}x`]) {
          const note = 'an id that is no UUID';
          expect(await ask(http, access, 'GET', `/notes/${id}`, { note })).toBeProblem(400, 404);
        }
        for (const [method, path, allowed] of [
          ['GET', '/auth/login', 'POST'],
          ['DELETE', '/me', 'PATCH'],
          ['PUT', '/notes', 'POST'],
        ] as const) {
          const refused = await ask(http, access, method, path);
          expect(refused).toBeProblem(405);
          expect(refused).toHaveHeader('Allow', new RegExp(`\\b${allowed}\\b`));
        }
      },
    },
    {
      id: 'locks-nobody-out',
      title: 'After a dozen wrong passwords the right one is as good as before',
      points: 1,
      needs: ['logs-in'],
      hint: 'Count no failed log-ins by account: whoever knows an address could lock its owner out. Limits have a lab of their own.',
      reference: AUTHENTICATION,
      run: async ({ http, random }) => {
        const account = newAccount(random);
        await register(http, account);
        for (let i = 1; i <= 12; i += 1) {
          const wrong = { ...account, password: random.word(18) };
          const note = `wrong password ${i} of 12`;
          expect(await tryLogIn(anyOf(http, random), wrong, { note })).toBeProblem(401);
        }
        for (const instance of bothOf(http))
          await logIn(instance, account, { note: 'after 12 wrong passwords' });
      },
    },
    {
      id: 'log-in-tells-nothing',
      title: 'An unknown address and a wrong password get the same answer',
      points: 2,
      needs: ['logs-in'],
      hint: 'Let both go through one line that answers 401 "wrong address or password". Whoever can tell them apart can find out who has an account.',
      reference: AUTHENTICATION,
      run: async ({ http, random }) => {
        const known = newAccount(random);
        await register(http, known);
        // As long as the other, so that no length differs by it.
        const email = known.email.replace(/^.{10}/, random.word(10));
        const attempt = async (account: { email: string }, note: string) => {
          const password = random.word(18);
          const answer = await tryLogIn(http, { email: account.email, password }, { note });
          expect(answer).toBeProblem(401);
          return { answer, said: sayingOf(answer.headers, answer.text, account.email) };
        };
        const wrong = 'an account’s address and a wrong password';
        const unknown = 'an address that has no account';
        const [a, b, c, d] = [
          await attempt(known, wrong),
          await attempt({ email }, unknown),
          await attempt(known, wrong),
          await attempt({ email }, unknown),
        ];
        const parts = new Set([
          ...a.said.keys(),
          ...b.said.keys(),
          ...c.said.keys(),
          ...d.said.keys(),
        ]);
        for (const part of parts) {
          const [ofA, ofB, ofC, ofD] = [a, b, c, d].map(({ said }) => said.get(part));
          // What differs between two answers to the same is the date, or the request's id.
          if (ofA !== ofC || ofB !== ofD || ofA === ofB) continue;
          throw b.answer.failure(
            `${part} as with ${wrong}: ${ofA ?? 'none'}`,
            `${part}: ${ofB ?? 'none'}`,
          );
        }
      },
    },
  ],
});

/** What an answer tells, by part: each header field, each member of the problem. */
function sayingOf(
  headers: readonly (readonly [string, string])[],
  body: string,
  email: string,
): Map<string, string> {
  // An answer may repeat the address that was sent.
  const clean = (text: string) => text.replaceAll(email, '<email>');
  const said = new Map(headers.map(([name, value]) => [`the header ${name}`, clean(value)]));
  const problem: unknown = JSON.parse(body);
  for (const [name, value] of Object.entries(problem ?? {}))
    said.set(`the member "${name}"`, clean(JSON.stringify(value)));
  return said;
}
