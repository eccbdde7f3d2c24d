import { defineStage, expect, type Response } from 'backend-labs/kit';
import { type Session, signUp, tryLogIn, tryRefresh } from './accounts.ts';
import { anyOf, ask, bothOf } from './asking.ts';
import { rfc } from './reading.ts';
import { settingsOf } from './settings.ts';
import { hmac } from './tokens.ts';

const CHALLENGE = rfc(6750, '3', 'The WWW-Authenticate Response Header Field');

export default defineStage({
  id: 'bearer',
  title: 'Where a token stands, and what its absence is answered',
  world: 'shared',
  checks: [
    {
      id: 'guards-every-operation',
      title: 'Every operation that needs a token is 401 without one, and with a forged one',
      points: 2,
      needs: ['refuses-bad-signatures', 'keeps-notes'],
      hint: 'Verify the token in one place before all of these routes, not in each handler: the one that is added tomorrow is then guarded too.',
      reference: rfc(9110, '15.5.2', '401 Unauthorized'),
      run: async ({ http, random }) => {
        const { access, header, claims, user } = await signUp(http, random);
        const note = await ask(http, access, 'POST', '/notes', { json: { title: 'mine' } });
        expect(note).toHaveStatus(201);
        const forged = hmac(header, claims, random.word(43));
        const operations = operationsOn(note.json.id, user.id);
        for (const [method, path, json] of random.shuffle(operations)) {
          const body = json === undefined ? {} : { json };
          const instance = anyOf(http, random);
          const without = 'without a token';
          expect(await instance.request(method, path, { ...body, note: without })).toBeProblem(401);
          const with_ = 'a token signed with another key';
          const refused = await ask(instance, forged, method, path, { ...body, note: with_ });
          expect(refused).toBeProblem(401);
        }
        const still = await ask(http, access, 'GET', `/notes/${note.json.id}`, {
          note: 'after requests that were all refused',
        });
        expect(still).toHaveStatus(200);
        expect(still.json, 'the note', still).toBe(note.json);
      },
    },
    {
      id: 'takes-bearer-in-any-case',
      title: 'The scheme Bearer counts in any case',
      points: 1,
      needs: ['knows-me'],
      hint: 'Names of schemes are compared without regard to case (RFC 9110, section 11.1): `bearer`, `BEARER`.',
      reference: rfc(9110, '11.1', 'Authentication Scheme'),
      run: async ({ http, random }) => {
        const { access } = await signUp(http, random);
        for (const scheme of ['bearer', 'BEARER', 'bEaReR']) {
          const headers = { authorization: `${scheme} ${access}` };
          const answer = await anyOf(http, random).get('/me', { headers });
          expect(answer).toHaveStatus(200);
        }
      },
    },
    {
      id: 'takes-no-other-place',
      title: 'A good token anywhere else than behind Bearer lets nobody in',
      points: 1,
      needs: ['knows-me'],
      hint: 'Take the token from `Authorization: Bearer <token>` and from nowhere else. A token in a URL ends up in logs, histories and Referer headers.',
      reference: rfc(6750, '5.3', 'Summary of Recommendations'),
      run: async ({ http, random }) => {
        const { access } = await signUp(http, random);
        const second = (await signUp(http, random)).access;
        const headers: [note: string, authorization: string][] = [
          ['the token alone, without a scheme', access],
          ['the scheme alone', 'Bearer'],
          ['the scheme and a blank', 'Bearer '],
          ['under the scheme Basic', `Basic ${access}`],
          ['as the password of Basic', `Basic ${Buffer.from(`:${access}`).toString('base64')}`],
          ['under the scheme Token', `Token ${access}`],
          ['under the scheme JWT', `JWT ${access}`],
          ['under a scheme that begins with Bearer', `BearerToken ${access}`],
          ['with a colon behind the scheme', `Bearer: ${access}`],
          ['two tokens', `Bearer ${access} ${second}`],
          ['two tokens with a comma', `Bearer ${access}, Bearer ${second}`],
          ['in quotes', `Bearer "${access}"`],
          ['as a parameter', `Bearer token=${access}`],
          ['behind another scheme', `Basic eDp5, Bearer ${access}`],
        ];
        for (const [note, authorization] of headers)
          expect(
            await anyOf(http, random).get('/me', { headers: { authorization }, note }),
          ).toBeProblem(401);
        for (const name of ['access_token', 'token', 'jwt', 'authorization']) {
          const query = { [name]: access };
          const note = 'in the query';
          expect(await anyOf(http, random).get('/me', { query, note })).toBeProblem(401);
          const cookie = { cookie: `${name}=${access}` };
          const inCookie = await anyOf(http, random).get('/me', {
            headers: cookie,
            note: 'in a cookie',
          });
          expect(inCookie).toBeProblem(401);
        }
        const elsewhere = { 'x-access-token': access, 'proxy-authorization': `Bearer ${access}` };
        const note = 'in other header fields';
        expect(await http.get('/me', { headers: elsewhere, note })).toBeProblem(401);
      },
    },
    {
      id: 'challenges-with-bearer',
      title:
        'Every 401 has WWW-Authenticate: Bearer, with error="invalid_token" if a token was sent',
      points: 1,
      needs: ['refreshes'],
      hint: 'A client without a token learns only the scheme; one whose token is refused learns that it should refresh: `WWW-Authenticate: Bearer error="invalid_token"`. Log-in and refresh answer 401 with `Bearer` too.',
      reference: CHALLENGE,
      run: async ({ http, random, env }) => {
        const session = await signUp(http, random);
        for (const instance of bothOf(http)) {
          const without = await instance.get('/notes', { note: 'without a token' });
          expect(without).toHaveStatus(401);
          expectChallenge(without, undefined);
          for (const [note, token] of refusedTokens(session, settingsOf(env).secret)) {
            const refused = await ask(instance, token, 'GET', '/me', { note });
            expect(refused).toHaveStatus(401);
            expectChallenge(refused, 'invalid_token');
          }
        }
        const wrong = { ...session.account, password: 'not this one' };
        const loggedOut = await tryLogIn(http, wrong, { note: 'with a wrong password' });
        const unknown = await tryRefresh(http, random.word(43), { note: 'with an unknown token' });
        for (const answer of [loggedOut, unknown]) {
          expect(answer).toHaveStatus(401);
          expectChallenge(answer, 'any');
        }
      },
    },
    {
      id: 'names-insufficient-scope',
      title: 'The 403 of the admin route has WWW-Authenticate: Bearer error="insufficient_scope"',
      points: 1,
      needs: ['admin-is-for-admins'],
      hint: 'The token is good, and its account may not do this: 403 with `WWW-Authenticate: Bearer error="insufficient_scope"`.',
      reference: rfc(6750, '3.1', 'Error Codes'),
      run: async ({ http, random }) => {
        const { access, user } = await signUp(http, random);
        const refused = await ask(http, access, 'GET', `/admin/users/${user.id}`);
        expect(refused).toHaveStatus(403);
        expectChallenge(refused, 'insufficient_scope');
      },
    },
  ],
});

type Operation = [method: string, path: string, json?: unknown];

/** All that need a token, log-out too. */
function operationsOn(note: string, user: string): Operation[] {
  return [
    ['GET', '/me'],
    ['PATCH', '/me', { name: 'Mallory' }],
    ['POST', '/auth/logout'],
    ['GET', `/admin/users/${user}`],
    ['GET', '/notes'],
    ['POST', '/notes', { title: 'x' }],
    ['GET', `/notes/${note}`],
    ['PUT', `/notes/${note}`, { title: 'x' }],
    ['PATCH', `/notes/${note}`, { title: 'x' }],
    ['DELETE', `/notes/${note}`],
  ];
}

function refusedTokens(
  { header, claims, refresh }: Session,
  secret: Buffer,
): [note: string, token: string][] {
  return [
    ['a token signed with another key', hmac(header, claims, 'x'.repeat(40))],
    [
      'a token that expired an hour ago',
      hmac(header, { ...claims, exp: Number(claims['iat']) - 3_600 }, secret),
    ],
    ['a token that is no JWT', 'nonsense'],
    ['the refresh token', refresh],
  ];
}

/** @param error that is due; undefined: none, `any`: with or without one */
function expectChallenge(answer: Response, error: string | undefined): void {
  const due =
    error === undefined || error === 'any'
      ? 'WWW-Authenticate: Bearer'
      : `WWW-Authenticate: Bearer error="${error}"`;
  const challenge = answer.header('www-authenticate');
  if (challenge === undefined) throw answer.failure(due, 'no such header');
  const said = /(?:^|[\s,])error\s*=\s*"?([\w-]+)"?/i.exec(challenge)?.[1];
  const isBearer = /^\s*Bearer(?:\s|,|$)/i.test(challenge);
  if (isBearer && (error === 'any' || said === error)) return;
  const without =
    isBearer && error === undefined ? ', without an `error` where no token was sent' : '';
  throw answer.failure(`${due}${without}`, `WWW-Authenticate: ${challenge}`);
}
