import { createHmac } from 'node:crypto';
import { defineStage, type SharedContext } from 'backend-labs/kit';
import { type Session, signUp, tryRefresh } from './accounts.ts';
import { anyOf, bothOf, expectRefused, expectTaken, type Forgery } from './asking.ts';
import { attackerKeys, type Forger, forger, GUESSES, unsecured } from './forgeries.ts';
import { rfc } from './reading.ts';
import { type Settings, settingsOf } from './settings.ts';
import { assemble, changed, encoded, hmac, nowSeconds, signed } from './tokens.ts';

export default defineStage({
  id: 'verification',
  title: 'Take good tokens, and no others',
  world: 'shared',
  checks: [
    {
      id: 'takes-good-tokens',
      title: 'A token that keeps every rule is good, whoever signed it with the key',
      points: 1,
      needs: ['knows-me', 'token-signature'],
      hint: 'Judge a token by its signature, its header, its claims and the session that `sid` names. A list of tokens that were issued is not needed, and fails here.',
      reference: rfc(7519, '7.2', 'Validating a JWT'),
      run: async (context) => {
        const { forge, session } = await setUp(context);
        const { sub } = session.claims;
        for (const http of bothOf(context.http)) {
          await expectTaken(http, session.access, 'as the app issued it');
          for (const [what, token] of [
            ['of the same claims, with another `jti` and `exp`, signed with the key', forge.good()],
            ['that has an `nbf` that has passed', forge.good({ nbf: nowSeconds() - 5 })],
            ['with a further claim that nobody knows', forge.good({ shoe_size: 43 })],
          ] as const) {
            const answer = await expectTaken(http, token, what);
            if (answer.json?.id !== sub)
              throw answer.failure(`the account ${sub}`, `the account ${answer.json?.id}`);
          }
        }
      },
    },
    {
      id: 'refuses-bad-signatures',
      title: 'A signature that is changed, missing, or of other claims is refused',
      points: 2,
      needs: ['takes-good-tokens'],
      hint: 'Verify, do not decode. A token whose claims were changed has another signature than its own.',
      reference: rfc(7515, '5.2', 'Message Signature or MAC Validation'),
      run: async (context) => {
        const { http, random } = context;
        const { session } = await setUp(context);
        const [header, claims, signature = ''] = session.access.split('.');
        const bytes = Buffer.from(signature, 'base64url');
        const flipped = (at: number) => {
          const copy = Buffer.from(bytes);
          copy[at]! ^= 1 << random.integer(0, 7);
          return `${header}.${claims}.${copy.toString('base64url')}`;
        };
        const victim = await signUp(http, random);
        const resaid = (changes: Record<string, unknown>) =>
          assemble(session.header, changed(session.claims, changes), bytes);
        await refuseAll(
          context,
          [
            ...[0, random.integer(1, 30), 31].map((at) => ({
              token: flipped(at),
              fault: `with one bit of byte ${at} of the signature flipped`,
            })),
            { token: `${header}.${claims}.`, fault: 'with an empty signature' },
            { token: `${header}.${claims}`, fault: 'of two parts: the signature is cut off' },
            {
              token: `${header}.${claims}.${bytes.subarray(0, 16).toString('base64url')}`,
              fault: 'with half of its signature',
            },
            { token: resaid({ role: 'admin' }), fault: 'whose role was changed after signing' },
            {
              token: resaid({ sub: victim.user.id, sid: victim.claims['sid'] }),
              fault: 'that was turned into another user’s after signing',
            },
            {
              token: resaid({ exp: nowSeconds() + 86_400 * 365 }),
              fault: 'whose exp was changed after signing',
            },
          ],
          rfc(7515, '5.2', 'signature'),
        );
      },
    },
    {
      id: 'refuses-alg-none',
      title: '`alg: none`, however it is spelt, is refused',
      points: 2,
      needs: ['refuses-bad-signatures'],
      hint: 'Tell the library which algorithm you expect (`algorithms: ["HS256"]`): never take it from the token. `decode` verifies nothing.',
      reference: rfc(8725, '3.1', 'Perform Algorithm Verification'),
      run: async (context) => {
        const { forge, session } = await setUp(context);
        const signature = session.access.split('.')[2]!;
        await refuseAll(context, unsecured(forge, signature), rfc(8725, '3.1', 'alg'));
      },
    },
    {
      id: 'refuses-wrong-keys',
      title: 'A token that is signed with another key, or a guessable secret, is refused',
      points: 2,
      needs: ['refuses-bad-signatures'],
      hint: 'There is one key, JWT_SECRET. No second one "for development", no default, and no empty key where a lookup finds nothing.',
      reference: rfc(8725, '3.5', 'Ensure Cryptographic Keys Have Sufficient Entropy'),
      run: async (context) => {
        const { forge, settings } = await setUp(context);
        const { random, env } = context;
        const text = env['JWT_SECRET'] ?? '';
        const keys: [key: Buffer | string, what: string][] = [
          ...GUESSES.map((guess): [string, string] => [
            guess,
            `the secret ${JSON.stringify(guess)}`,
          ]),
          [settings.issuer, 'JWT_ISSUER as the secret'],
          [settings.audience, 'JWT_AUDIENCE as the secret'],
          [random.word(43), 'a random secret'],
          [text.slice(0, -1), 'JWT_SECRET without its last character'],
          [text.slice(0, 32), 'the first 32 characters of JWT_SECRET'],
          [`${text}\n`, 'JWT_SECRET and a line break'],
          [Buffer.from(text, 'base64url'), 'JWT_SECRET decoded from base64'],
          [Buffer.from(text, 'hex'), 'JWT_SECRET decoded from hex'],
        ];
        const forgeries = keys.map(([key, what]) => ({
          token: forge.with({}, key),
          fault: `signed with ${what}`,
        }));
        await refuseAll(context, forgeries, rfc(8725, '3.5', 'keys'));
      },
    },
    {
      id: 'refuses-other-algorithms',
      title: 'Another algorithm than JWT_ALG is refused, also with the right key',
      points: 1,
      needs: ['refuses-bad-signatures'],
      hint: 'The list of algorithms that you give the library has one entry: JWT_ALG.',
      reference: rfc(8725, '3.1', 'Perform Algorithm Verification'),
      run: async (context) => {
        const { forge, session, settings } = await setUp(context);
        const { rsa, ec } = attackerKeys();
        const by = (alg: string, key: typeof rsa.privateKey, bits = 256) =>
          signed({ ...session.header, alg }, session.claims, key, bits);
        await refuseAll(
          context,
          [
            {
              token: forge.with({ alg: 'HS512' }, settings.secret, 512),
              fault: 'signed with the key, by HS512',
            },
            {
              token: forge.with({ alg: 'HS384' }, settings.secret, 384),
              fault: 'signed with the key, by HS384',
            },
            {
              token: forge.with({ alg: 'RS256' }, settings.secret),
              fault: 'with "alg":"RS256", signed by HMAC with the key',
            },
            {
              token: forge.with({ alg: 'hs256' }, settings.secret),
              fault: 'with "alg":"hs256": names are case-sensitive',
            },
            { token: by('RS256', rsa.privateKey), fault: 'signed with an RSA key of its maker' },
            { token: by('ES256', ec.privateKey), fault: 'signed with an EC key of its maker' },
          ],
          rfc(8725, '3.1', 'alg'),
        );
      },
    },
    {
      id: 'refuses-key-in-header',
      title: 'A key that comes with the token is not used',
      points: 1,
      needs: ['refuses-bad-signatures'],
      hint: 'Whoever makes a token chooses its header. A `jwk`, `x5c` or `kid` in it may at most name one of your own keys, never bring one.',
      reference: rfc(8725, '3.10', 'Do Not Trust Received Claims'),
      run: async (context) => {
        const { forge, session } = await setUp(context);
        const { rsa, ec } = attackerKeys();
        const own = context.random.word(40);
        const k = Buffer.from(own).toString('base64url');
        const carrying = (alg: string, pair: typeof rsa) => {
          const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'mine', alg, use: 'sig' };
          const header = { ...session.header, alg, kid: 'mine', jwk };
          return signed(header, session.claims, pair.privateKey);
        };
        const der = rsa.publicKey.export({ format: 'der', type: 'spki' }).toString('base64');
        await refuseAll(
          context,
          [
            {
              token: forge.with({ jwk: { kty: 'oct', k, alg: 'HS256' } }, own),
              fault: 'with the secret that signed it in its header, as `jwk`',
            },
            { token: carrying('RS256', rsa), fault: 'with the RSA key that signed it as `jwk`' },
            { token: carrying('ES256', ec), fault: 'with the EC key that signed it as `jwk`' },
            {
              token: signed(
                { ...session.header, alg: 'RS256', x5c: [der] },
                session.claims,
                rsa.privateKey,
              ),
              fault: 'with the key that signed it in `x5c`',
            },
          ],
          rfc(8725, '3.10', 'received claims'),
        );
      },
    },
    {
      id: 'refuses-kid-injection',
      title: 'A `kid` that is a path, SQL or an object is no way to another key, and no error',
      points: 1,
      needs: ['refuses-bad-signatures'],
      hint: 'Under HS256 there is one key: leave `kid` alone. Where it chooses a key, compare it with the ones that you have; it never becomes part of a path, a query or a property name.',
      reference: rfc(8725, '3.10', 'Do Not Trust Received Claims'),
      run: async (context) => {
        const { forge } = await setUp(context);
        const known = 'x';
        const kids: [kid: unknown, key: string][] = [
          ['../../../../../../../../dev/null', ''],
          ['/dev/null', ''],
          ['file:///dev/null', ''],
          ['../../../../../../../../proc/sys/kernel/ostype', 'Linux\n'],
          ['../package.json\0.pem', ''],
          [`' UNION SELECT '${known}' -- `, known],
          [`none' UNION ALL SELECT '${known}`, known],
          [`"; SELECT pg_sleep(10); --`, known],
          ['| cat /etc/hostname', ''],
          ['__proto__', ''],
          ['constructor', ''],
          ['toString', 'function toString() { [native code] }'],
          [{ $ne: null }, ''],
          [['a', 'b'], ''],
          [0, ''],
          ['k'.repeat(2_000), ''],
        ];
        const forgeries = kids.map(([kid, key]) => ({
          token: forge.with({ kid }, key),
          fault: `with "kid":${JSON.stringify(kid).slice(0, 80)}, signed with what lies there (${JSON.stringify(key)})`,
        }));
        await refuseAll(context, forgeries, rfc(8725, '3.10', 'received claims'));
      },
    },
    {
      id: 'refuses-crit',
      title: 'A header with `crit` is refused',
      points: 1,
      needs: ['takes-good-tokens'],
      hint: '`crit` lists extensions that must be understood; you understand none. Many libraries ignore it: look for `crit` in the verified header, and refuse.',
      reference: rfc(7515, '4.1.11', '"crit" (Critical) Header Parameter'),
      run: async (context) => {
        const { forge, session, settings } = await setUp(context);
        const made = (header: Record<string, unknown>, fault: string) => ({
          token: hmac({ ...session.header, ...header }, session.claims, settings.secret),
          fault: `${fault}, signed with the key`,
        });
        const name = `urn:example:${context.random.word()}`;
        await refuseAll(
          context,
          [
            made({ crit: [name], [name]: true }, `with "crit":["${name}"]`),
            made({ crit: ['exp'], exp: nowSeconds() + 600 }, 'with "crit":["exp"]'),
            made(
              { crit: ['http://example.com/UNDEFINED'] },
              'with a "crit" that names nothing there',
            ),
            made({ crit: [] }, 'with an empty "crit"'),
            // Some libraries know this extension (RFC 7797) by themselves, and take it without a word.
            made({ crit: ['b64'], b64: true }, 'with "crit":["b64"]'),
          ],
          rfc(7515, '4.1.11', 'crit'),
        );
        await expectTaken(context.http, forge.good(), 'without `crit`');
      },
    },
    {
      id: 'refuses-wrong-typ',
      title: 'A rightly signed token whose `typ` is not at+jwt is refused',
      points: 1,
      needs: ['takes-good-tokens', 'token-header'],
      hint: 'Compare `typ` in the verified header with at+jwt (in jose: `typ: "at+jwt"`). Without it, whatever else is signed with the same key, such as a refresh token or a confirmation link, passes for an access token.',
      reference: rfc(8725, '3.11', 'Use Explicit Typing'),
      run: async (context) => {
        const { forge } = await setUp(context);
        const types = ['JWT', 'rt+jwt', 'refresh', 'id+jwt', '', 'at', undefined, null, 5];
        const forgeries = types.map((typ) => ({
          token: forge.signed({}, { typ }),
          fault: `${typ === undefined ? 'without "typ"' : `with "typ":${JSON.stringify(typ)}`}, signed with the key`,
        }));
        await refuseAll(context, forgeries, rfc(9068, '4', 'typ'));
      },
    },
    {
      id: 'refuses-wrong-issuer',
      title: 'Another `iss` than JWT_ISSUER, or none, is refused',
      points: 1,
      needs: ['takes-good-tokens'],
      hint: 'Give the library the issuer, and demand that the claim is there: `issuer`, `allowedIss`, `issuer=`.',
      reference: rfc(8725, '3.8', 'Validate Issuer and Subject'),
      run: async (context) => {
        const { forge, settings } = await setUp(context);
        const { issuer } = settings;
        const values = [
          `https://${context.random.word()}.example`,
          `${issuer}/`,
          `${issuer}.evil.example`,
          issuer.replace('https', 'http'),
          issuer.slice(0, -1),
          '',
          7,
          undefined,
        ];
        await refuseAll(context, withClaim(forge, 'iss', values), rfc(8725, '3.8', 'iss'));
      },
    },
    {
      id: 'refuses-wrong-audience',
      title: 'Another `aud` than JWT_AUDIENCE, or none, is refused',
      points: 1,
      needs: ['takes-good-tokens'],
      hint: 'Give the library the audience, and demand that the claim is there: a token for another service of the same issuer is not for you.',
      reference: rfc(8725, '3.9', 'Use and Validate Audience'),
      run: async (context) => {
        const { forge, settings } = await setUp(context);
        const { audience, issuer } = settings;
        const other = `https://${context.random.word()}.example/notes`;
        const values = [
          other,
          issuer,
          `${audience}/`,
          `${audience}.evil.example`,
          audience.slice(0, -1),
          [other, `${audience}2`],
          [],
          '',
          undefined,
        ];
        await refuseAll(context, withClaim(forge, 'aud', values), rfc(8725, '3.9', 'aud'));
      },
    },
    {
      id: 'refuses-missing-claims',
      title: 'A token without exp, sub or sid, or with one of another type, is refused',
      points: 1,
      needs: ['takes-good-tokens'],
      hint: 'A library checks `exp` if it is there. Demand that it is (`requiredClaims`, `options={"require": […]}`), and that sub and sid are strings of ids, before you ask Postgres with them.',
      reference: rfc(9068, '2.2', 'Data Structure'),
      run: async (context) => {
        const { forge } = await setUp(context);
        const id = context.random.uuid();
        await refuseAll(
          context,
          [
            ...withClaim(forge, 'exp', [undefined, null, 'tomorrow', {}, [nowSeconds() + 600]]),
            ...withClaim(forge, 'sub', [
              undefined,
              null,
              7,
              {},
              [],
              '',
              'admin',
              `' OR 1=1 --`,
              `${id}\0`,
            ]),
            ...withClaim(forge, 'sid', [undefined, null, 7, {}, [], '', 'x', `' OR 1=1 --`]),
          ],
          rfc(9068, '2.2', 'claims'),
        );
      },
    },
    {
      id: 'refuses-unknown-sessions',
      title: 'A session that is unknown, or another account’s, is refused',
      points: 1,
      needs: ['takes-good-tokens'],
      hint: 'Look the session up by `sid` and `sub` together (`WHERE id = $1 AND user_id = $2`).',
      reference: rfc(8725, '3.8', 'Validate Issuer and Subject'),
      run: async (context) => {
        const { forge } = await setUp(context);
        const other = await signUp(context.http, context.random);
        const { random } = context;
        const rule = rfc(8725, '3.8', 'sub');
        await refuseAll(
          context,
          [
            ...withClaim(forge, 'sub', [random.uuid()]),
            ...withClaim(forge, 'sid', [random.uuid(), other.claims['sid']]),
            ...withClaim(forge, 'sub', [other.user.id]),
          ],
          rule,
        );
      },
    },
    {
      id: 'refuses-expired',
      title: '`exp` counts, with JWT_LEEWAY seconds of grace and no more',
      points: 2,
      needs: ['takes-good-tokens'],
      hint: 'Give the library the tolerance, in its own unit: seconds in jose, jsonwebtoken and PyJWT (`clockTolerance`, `leeway`), milliseconds in fast-jwt and @fastify/jwt.',
      reference: rfc(7519, '4.1.4', '"exp" (Expiration Time) Claim'),
      run: async (context) => {
        const { forge, settings } = await setUp(context);
        const { leeway } = settings;
        const expired = (ago: number) =>
          forge.signed({ iat: nowSeconds() - ago - 600, exp: nowSeconds() - ago });
        const long = [86_400 * 365, 3_600, leeway * 2 + 1, leeway + 2];
        const forgeries = long.map((ago) => ({
          token: expired(ago),
          fault: `that expired ${ago} s ago, when JWT_LEEWAY is ${leeway}`,
        }));
        await refuseAll(context, forgeries, rfc(7519, '4.1.4', 'exp'));
        // Room for an answer that takes as long as the client waits.
        for (const ago of [1, leeway - 8])
          await expectTaken(
            anyOf(context.http, context.random),
            expired(ago),
            `that expired ${ago} s ago, when JWT_LEEWAY is ${leeway}`,
          );
      },
    },
    {
      id: 'refuses-not-yet-valid',
      title: '`nbf` counts, with JWT_LEEWAY seconds of grace and no more',
      points: 1,
      needs: ['takes-good-tokens'],
      hint: 'A token is not good before its `nbf`. Libraries check it along with `exp` and with the same tolerance, unless that is turned off.',
      reference: rfc(7519, '4.1.5', '"nbf" (Not Before) Claim'),
      run: async (context) => {
        const { forge, settings } = await setUp(context);
        const { leeway } = settings;
        const from = (inS: number) => forge.signed({ nbf: nowSeconds() + inS });
        const forgeries = [86_400 * 365, 3_600, leeway + 10].map((inS) => ({
          token: from(inS),
          fault: `that is good from in ${inS} s on, when JWT_LEEWAY is ${leeway}`,
        }));
        await refuseAll(context, forgeries, rfc(7519, '4.1.5', 'nbf'));
        for (const inS of [2, leeway - 2])
          await expectTaken(
            anyOf(context.http, context.random),
            from(inS),
            `that is good from in ${inS} s on, when JWT_LEEWAY is ${leeway}`,
          );
      },
    },
    {
      id: 'survives-garbage',
      title: 'What is no JWT at all is 401, never an error',
      points: 1,
      needs: ['takes-good-tokens'],
      hint: 'Every exception of the library means 401. Parse nothing of the token before it is verified, or expect that it is not what it should be.',
      reference: rfc(7519, '7.2', 'Validating a JWT'),
      run: async (context) => {
        const { session, settings } = await setUp(context);
        const [header, claims, signature] = session.access.split('.');
        const mac = (first: string, second: string) =>
          `${first}.${second}.${createHmac('sha256', settings.secret).update(`${first}.${second}`).digest('base64url')}`;
        const plain = encoded(session.header);
        const bytes = (...values: number[]) => Buffer.from(values).toString('base64url');
        const tokens: [token: string, fault: string][] = [
          ['x', 'of one letter'],
          ['.', 'of one dot'],
          ['..', 'of two dots'],
          ['...', 'of three dots'],
          ['a.b.c', 'that reads a.b.c'],
          [`${session.access}.${signature}`, 'of four parts'],
          [`${header}.${claims}.${signature}.${signature}.x`, 'of five parts, as if encrypted'],
          [`.${claims}.${signature}`, 'without a header'],
          [`${header}..${signature}`, 'without claims'],
          [`${session.access}${session.access}`, 'twice in a row'],
          [mac(encoded('{'), claims!), 'with a header that is no JSON'],
          [mac(encoded('null'), claims!), 'whose header is null'],
          [mac(encoded('[]'), claims!), 'whose header is a list'],
          [mac(encoded({}), claims!), 'with an empty header'],
          [mac(bytes(0xff, 0xfe, 0xff), claims!), 'whose header is not UTF-8'],
          [mac(plain, encoded('null')), 'whose claims are null'],
          [mac(plain, encoded('"admin"')), 'whose claims are a string'],
          [mac(plain, encoded('[]')), 'whose claims are a list'],
          [mac(plain, encoded('42')), 'whose claims are a number'],
          [mac(plain, encoded('{"sub":')), 'whose claims are cut off'],
          [mac(plain, bytes(0xc3, 0x28, 0xa0)), 'whose claims are not UTF-8'],
          [mac(plain, encoded('{}')), 'with no claims, signed with the key'],
          [
            mac(plain, encoded(`${'['.repeat(2_000)}${']'.repeat(2_000)}`)),
            'of 2,000 nested lists',
          ],
          ['A'.repeat(7_000), 'of 7,000 letters'],
          [
            `${encoded({ alg: 'HS256', typ: 'at+jwt', x: 'y'.repeat(4_000) })}.${claims}.${signature}`,
            'with 4,000 characters more in its header',
          ],
          ['%00%00.%00.%00', 'of escapes'],
          ['undefined', 'that reads undefined'],
          ['[object Object]'.replace(' ', '_'), 'that reads [object_Object]'],
        ];
        const forgeries = tokens.map(([token, fault]) => ({ token, fault }));
        await refuseAll(context, forgeries, rfc(7519, '7.2', 'validation'));
      },
    },
    {
      id: 'refresh-is-no-access',
      title: 'A refresh token is no access token, and an access token no refresh token',
      points: 2,
      needs: ['takes-good-tokens', 'refreshes'],
      hint: 'Make refresh tokens of random bytes rather than JWTs; or give them another `typ`, and demand at+jwt of access tokens. A refresh token lives for weeks and must not open what is meant for minutes.',
      reference: rfc(
        8725,
        '3.12',
        'Use Mutually Exclusive Validation Rules for Different Kinds of JWTs',
      ),
      run: async (context) => {
        const { http } = context;
        const { forge, session } = await setUp(context);
        const rule = rfc(8725, '3.12', 'kinds of JWTs');
        await refuseAll(
          context,
          [{ token: session.refresh, fault: 'that is the refresh token' }],
          rule,
        );
        for (const [token, what] of [
          [session.access, 'the access token in place of the refresh token'],
          [forge.good(), 'an access token that is rightly signed, in place of the refresh token'],
          [
            forge.signed({}, { typ: 'rt+jwt' }),
            'a JWT of typ rt+jwt with the claims of the access token',
          ],
          [
            forge.signed({ typ: 'refresh', token_use: 'refresh', type: 'refresh' }, { typ: 'JWT' }),
            'a JWT with the claims of the access token that calls itself "refresh"',
          ],
        ] as const) {
          const answer = await tryRefresh(http, token, { note: what });
          if (answer.status !== 401 && answer.status !== 422)
            throw answer.failure(`status 401 (${rule.title})`, `status ${answer.status}`);
        }
      },
    },
  ],
});

interface SetUp {
  session: Session;
  settings: Settings;
  forge: Forger;
}

async function setUp({ http, random, env }: SharedContext): Promise<SetUp> {
  const session = await signUp(http, random);
  const settings = settingsOf(env);
  return { session, settings, forge: forger(session, settings.secret) };
}

/** Each of them on one of the instances, in an order of the seed's. */
async function refuseAll(
  { http, random }: SharedContext,
  forgeries: readonly Forgery[],
  rule: Parameters<typeof expectRefused>[2],
): Promise<void> {
  for (const forgery of random.shuffle(forgeries))
    await expectRefused(anyOf(http, random), forgery, rule);
}

function withClaim(forge: Forger, name: string, values: readonly unknown[]): Forgery[] {
  return values.map((value) => ({
    token: forge.signed({ [name]: value }),
    fault: `${value === undefined ? `without "${name}"` : `with "${name}":${JSON.stringify(value).slice(0, 80)}`}, signed with the key`,
  }));
}
