import { createHmac } from 'node:crypto';
import { defineStage, expect, type Response } from 'backend-labs/kit';
import { logIn, type Pair, refresh, signUp, type Tokens } from './accounts.ts';
import { withToken } from './asking.ts';
import { rfc } from './reading.ts';
import { settingsOf } from './settings.ts';

export default defineStage({
  id: 'claims',
  title: 'What a token says',
  world: 'shared',
  checks: [
    {
      id: 'token-header',
      title: 'The header of an access token has `alg` HS256 and `typ` at+jwt',
      points: 1,
      needs: ['refreshes'],
      hint: 'Most libraries write `typ: JWT` unless they are told: `setProtectedHeader({ alg, typ: "at+jwt" })`, `{ header: { typ: "at+jwt" } }`, `headers={"typ": "at+jwt"}`.',
      reference: rfc(9068, '2.1', 'Header'),
      run: async ({ http, random }) => {
        const session = await signUp(http, random);
        for (const tokens of [session, await refresh(http, session.refresh)]) {
          expectClaim(tokens, 'header', 'alg', 'HS256');
          expectClaim(tokens, 'header', 'typ', 'at+jwt');
        }
      },
    },
    {
      id: 'token-signature',
      title: 'It is signed by HMAC with SHA-256 under the bytes of JWT_SECRET as it stands',
      points: 1,
      needs: ['logs-in'],
      hint: 'JWT_SECRET looks like hex or base64, but its characters are the key: `new TextEncoder().encode(process.env.JWT_SECRET)`, or the string itself where the library takes strings.',
      reference: rfc(7515, 'A.1', 'Example JWS Using HMAC SHA-256'),
      run: async ({ http, random, env }) => {
        const { access, answer } = await signUp(http, random);
        const [header, claims, signature] = access.split('.');
        const key = settingsOf(env).secret;
        const due = createHmac('sha256', key).update(`${header}.${claims}`).digest('base64url');
        if (signature !== due)
          throw withToken(
            answer.failure(
              `the signature ${due}, made with JWT_SECRET as it stands`,
              `${signature}${guess(`${header}.${claims}`, signature!, env['JWT_SECRET']!)}`,
            ),
            access,
          );
      },
    },
    {
      id: 'token-claims',
      title: 'iss, aud, sub and role are those of the settings and of the account',
      points: 1,
      needs: ['refreshes'],
      hint: '`iss` and `aud` come from JWT_ISSUER and JWT_AUDIENCE, `sub` is the account’s id and `role` its role.',
      reference: rfc(9068, '2.2', 'Data Structure'),
      run: async ({ http, random, env }) => {
        const { issuer, audience } = settingsOf(env);
        const session = await signUp(http, random);
        for (const tokens of [session, await refresh(http.to('web.2'), session.refresh)]) {
          expectClaim(tokens, 'claims', 'iss', issuer);
          expectClaim(tokens, 'claims', 'aud', audience);
          expectClaim(tokens, 'claims', 'sub', session.user.id);
          expectClaim(tokens, 'claims', 'role', 'user');
        }
      },
    },
    {
      id: 'token-lifetime',
      title: '`exp` is ACCESS_TOKEN_TTL seconds after `iat`, which is now',
      points: 1,
      needs: ['refreshes'],
      hint: 'NumericDate is in seconds since 1970, `Date.now()` in milliseconds. Take the lifetime from ACCESS_TOKEN_TTL, in log-in and in refresh.',
      reference: rfc(7519, '4.1.4', '"exp" (Expiration Time) Claim'),
      run: async ({ http, random, env }) => {
        const { accessTtl } = settingsOf(env);
        const session = await signUp(http, random);
        const expectLifetime = (tokens: Tokens, from: number) => {
          const { iat, exp } = tokens.claims;
          const whole = Number.isInteger(iat) && Number.isInteger(exp);
          const lasts = Number(exp) - Number(iat);
          // The clock may be read as the request begins, and rounded either way.
          const fresh = Number(iat) >= from - 1 && Number(iat) <= Date.now() / 1000 + 1;
          if (whole && lasts === accessTtl && fresh) return;
          throw withToken(
            tokens.answer.failure(
              `iat: now, exp: iat + ${accessTtl} (ACCESS_TOKEN_TTL), in whole seconds`,
              !whole
                ? `iat: ${JSON.stringify(iat)}, exp: ${JSON.stringify(exp)}`
                : !fresh
                  ? `iat: ${iat}, when it is ${Math.floor(Date.now() / 1000)}`
                  : `exp - iat = ${lasts}`,
            ),
            tokens.access,
          );
        };
        const from = Math.floor(Date.now() / 1000);
        const next = await refresh(http, session.refresh);
        expectLifetime(next, from);
        expectLifetime(await logIn(http, session.account), from);
        expect(next.answer).toHaveJson({ expires_in: accessTtl });
      },
    },
    {
      id: 'token-ids',
      title: '`jti` differs in every token, `sid` between log-ins and not within one',
      points: 1,
      needs: ['refreshes'],
      hint: '`jti` is a new random id for each token. `sid` is the id of the session: made at log-in, kept by refresh.',
      reference: rfc(7519, '4.1.7', '"jti" (JWT ID) Claim'),
      run: async ({ http, random }) => {
        const first = await signUp(http, random);
        const later = await refresh(http, first.refresh);
        const latest = await refresh(http.to('web.2'), later.refresh);
        const other = await logIn(http, first.account);
        const all = [first, later, latest, other];
        for (const tokens of all)
          for (const name of ['jti', 'sid'])
            if (typeof tokens.claims[name] !== 'string' || tokens.claims[name] === '')
              throw unlike(tokens, `"${name}", a string`, JSON.stringify(tokens.claims[name]));
        expect(
          all.map(({ claims }) => claims['jti']),
          '`jti` of four tokens',
          other.answer,
        ).toBeUnique();
        for (const tokens of [later, latest])
          expectClaim(tokens, 'claims', 'sid', first.claims['sid']);
        expect(other.claims['sid'], '`sid` of another log-in', other.answer).notToBe(
          first.claims['sid'],
        );
      },
    },
    {
      id: 'publishes-no-secret',
      title: 'Under HS256 the JWK Set is empty, or not there',
      points: 1,
      needs: ['answers-health'],
      hint: 'The key of HS256 signs as well as it verifies: whoever has it makes tokens. Publish the public keys of RS256 and nothing else.',
      reference: rfc(7517, '9', 'Security Considerations'),
      run: async ({ http }) => {
        const set = await http.get('/.well-known/jwks.json');
        if (set.status === 404) return expect(set).toBeProblem(404);
        expect(set).toHaveStatus(200);
        expect(set.json.keys, '"keys"', set).toBe([]);
      },
    },
    {
      id: 'tokens-are-not-stored',
      title: 'Answers with tokens have Cache-Control: no-store',
      points: 1,
      needs: ['refreshes'],
      hint: 'Set `Cache-Control: no-store` in the answers of log-in and of refresh: a cache on the way would keep the tokens.',
      reference: rfc(6749, '5.1', 'Successful Response'),
      run: async ({ http, random }) => {
        const session = await signUp(http, random);
        const { answer } = await refresh(http, session.refresh);
        for (const each of [session.answer, answer] as Response<Pair>[])
          expect(each).toHaveHeader('Cache-Control', /\bno-store\b/i);
      },
    },
  ],
});

function expectClaim(
  tokens: Tokens,
  part: 'header' | 'claims',
  name: string,
  expected: unknown,
): void {
  const actual = tokens[part][name];
  if (actual === expected) return;
  const where = part === 'header' ? 'in the header' : 'in the claims';
  throw unlike(
    tokens,
    `"${name}": ${JSON.stringify(expected)} ${where} of the access token`,
    actual === undefined ? 'no such member' : `"${name}": ${JSON.stringify(actual)}`,
  );
}

const unlike = ({ answer, access }: Tokens, expected: string, actual: string) =>
  withToken(answer.failure(expected, actual), access);

/** What the key may have been. */
function guess(input: string, signature: string, secret: string): string {
  for (const encoding of ['hex', 'base64url', 'base64'] as const) {
    const key = Buffer.from(secret, encoding);
    if (createHmac('sha256', key).update(input).digest('base64url') === signature)
      return `, which is made with JWT_SECRET decoded as ${encoding}`;
  }
  return '';
}
