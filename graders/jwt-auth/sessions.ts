import { defineStage, expect, type Http } from 'backend-labs/kit';
import { logIn, refresh, signUp, tryLogIn, tryRefresh } from './accounts.ts';
import { anyOf, ask, bothOf, expectStatusOnBoth } from './asking.ts';
import { ROTATION, rfc } from './reading.ts';

export default defineStage({
  id: 'sessions',
  title: 'Sessions, on two instances',
  world: 'shared',
  checks: [
    {
      id: 'refresh-works-once',
      title: 'A refresh token works once; unknown ones are 401',
      points: 2,
      needs: ['refreshes'],
      hint: 'Mark the token as used in the statement that finds it: `UPDATE … SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL RETURNING …`. No row means 401.',
      reference: ROTATION,
      run: async ({ http, random }) => {
        const other = http.to('web.2');
        const first = await signUp(http, random);
        await refresh(http, first.refresh);
        await expectUnauthorized(other, first.refresh, 'a second time, on the other instance');
        const second = await signUp(http, random);
        await refresh(other, second.refresh);
        await expectUnauthorized(other, second.refresh, 'a second time, on the same instance');
        const third = await signUp(http, random);
        // Not the last letter: in base64 it may have bits that count for nothing.
        const middle = Math.floor(third.refresh.length / 2);
        const at = third.refresh.charAt(middle);
        const changedMiddle =
          third.refresh.slice(0, middle) +
          (at === 'A' ? 'B' : 'A') +
          third.refresh.slice(middle + 1);
        for (const [token, note] of [
          [random.word(43), 'a token that nobody gave'],
          ['', 'the empty string'],
          [changedMiddle, 'a token with one letter changed'],
          [`${third.refresh}x`, 'a token with a letter more'],
          ['x'.repeat(3_000), 'of 3,000 letters'],
          [`' OR '1'='1`, 'SQL'],
        ] as const) {
          const answer = await tryRefresh(anyOf(http, random), token, { note });
          expect(answer).toBeProblem(401, 422);
        }
        await refresh(http, third.refresh, { note: 'the token as it was given' });
      },
    },
    {
      id: 'replay-ends-session',
      title:
        'A refresh token that comes again ends its session: the newest refresh token is refused too',
      points: 3,
      needs: ['refresh-works-once'],
      hint: 'Keep used tokens and the session that they belong to. One that comes again was stolen, and who holds the newest one may be the thief: end the session.',
      reference: ROTATION,
      run: async ({ http, random }) => {
        const other = http.to('web.2');
        // At once; and late, when three more have been used since.
        for (const later of [1, 4]) {
          const session = await signUp(http, random);
          let newest = session.refresh;
          for (let i = 0; i < later; i += 1)
            newest = (await refresh(anyOf(http, random), newest)).refresh;
          const since = later === 1 ? 'it was just used' : `${later} have been used since`;
          await expectUnauthorized(other, session.refresh, `the first token again, when ${since}`);
          await expectUnauthorized(http, newest, 'the newest token, after the first came again');
        }
        const bystander = await signUp(http, random);
        const victim = await logIn(http, bystander.account);
        const next = await refresh(http, victim.refresh);
        await expectUnauthorized(http, victim.refresh, 'again');
        await expectUnauthorized(other, next.refresh, 'the newest, after a replay');
        await refresh(http, bystander.refresh, {
          note: 'of another session of the account, in which nothing was replayed',
        });
      },
    },
    {
      id: 'replay-ends-access',
      title: 'And the session’s access tokens, at once and on both instances',
      points: 1,
      needs: ['replay-ends-session', 'logs-out'],
      hint: 'A replay ends the session as log-out does: mark the session, not only its refresh tokens, and look at that mark with every access token.',
      reference: ROTATION,
      run: async ({ http, random }) => {
        const session = await signUp(http, random);
        const next = await refresh(http, session.refresh);
        for (const { access } of [session, next])
          await expectStatusOnBoth(http, access, 200, 'before the replay');
        await expectUnauthorized(http.to('web.2'), session.refresh, 'again');
        for (const { access } of [session, next])
          await expectStatusOnBoth(
            http,
            access,
            401,
            'after a refresh token of its session came again',
          );
      },
    },
    {
      id: 'log-out-counts-everywhere',
      title: 'What one instance logs out, the other refuses at once',
      points: 3,
      needs: ['logs-out'],
      hint: 'A list of revoked tokens in the memory of a process is known to that process. Keep it where both instances look, with every request: no cache of sessions may outlive a log-out.',
      reference: rfc(7009, '2', 'Token Revocation'),
      run: async ({ http, random }) => {
        const [one, two] = bothOf(http) as [Http, Http];
        for (const [here, there] of [
          [one, two],
          [two, one],
        ] as const) {
          const session = await signUp(here, random);
          // So that each has seen it, and may have remembered it.
          for (let i = 0; i < 3; i += 1)
            await expectStatusOnBoth(http, session.access, 200, 'before log-out');
          expect(await ask(here, session.access, 'POST', '/auth/logout')).toHaveStatus(204);
          const note = 'after log-out on the other instance';
          expect(await ask(there, session.access, 'GET', '/me', { note })).toBeProblem(401);
          expect(await ask(there, session.access, 'GET', '/notes', { note })).toBeProblem(401);
        }
      },
    },
    {
      id: 'log-out-ends-all-of-the-session',
      title: 'Log-out ends every token of its session, the refresh token first of all',
      points: 2,
      needs: ['logs-out', 'refreshes'],
      hint: 'End the session, by `sid`, rather than the one token that came: older access tokens of it are still out, and the refresh token makes new ones for weeks.',
      reference: rfc(7009, '2.1', 'Revocation Request'),
      run: async ({ http, random }) => {
        const first = await signUp(http, random);
        const second = await refresh(http, first.refresh);
        expect(await ask(http, second.access, 'POST', '/auth/logout')).toHaveStatus(204);
        const after = 'after log-out';
        await expectUnauthorized(http, second.refresh, after);
        await expectUnauthorized(
          http.to('web.2'),
          second.refresh,
          `${after}, on the other instance`,
        );
        await expectStatusOnBoth(
          http,
          first.access,
          401,
          'after log-out with a later token of the same session',
        );
      },
    },
    {
      id: 'log-out-spares-others',
      title: 'Other sessions go on, of the same account and of others',
      points: 1,
      needs: ['logs-out', 'refreshes'],
      hint: 'End the session that `sid` names, not all that the account has. (“Log out everywhere” is another button.)',
      reference: rfc(7009, '2.1', 'Revocation Request'),
      run: async ({ http, random }) => {
        const session = await signUp(http, random);
        const elsewhere = await logIn(http.to('web.2'), session.account);
        const somebody = await signUp(http, random);
        expect(await ask(http, session.access, 'POST', '/auth/logout')).toHaveStatus(204);
        for (const { access } of [elsewhere, somebody])
          await expectStatusOnBoth(http, access, 200, 'of another session, after a log-out');
        for (const one of [elsewhere, somebody])
          await refresh(http, one.refresh, { note: 'of another session, after a log-out' });
      },
    },
    {
      id: 'deleted-accounts-are-out',
      title: 'An account that is deleted is out at once: its tokens and its password are refused',
      points: 1,
      needs: ['refreshes', 'takes-good-tokens'],
      hint: 'Look up session and account with every request, and let what belongs to an account go with it (ON DELETE CASCADE).',
      reference: rfc(8725, '3.8', 'Validate Issuer and Subject'),
      run: async ({ http, sql, random }) => {
        const session = await signUp(http, random);
        await expectStatusOnBoth(http, session.access, 200, 'while the account is there');
        await sql`DELETE FROM users WHERE id = ${session.user.id}`;
        const note = 'once the account is deleted';
        await expectStatusOnBoth(http, session.access, 401, note);
        await expectUnauthorized(http, session.refresh, note);
        expect(await tryLogIn(http, session.account, { note })).toBeProblem(401);
        const created = await ask(http, session.access, 'POST', '/notes', {
          json: { title: 'x' },
          note,
        });
        expect(created).toBeProblem(401);
      },
    },
  ],
});

async function expectUnauthorized(http: Http, token: string, note: string): Promise<void> {
  expect(await tryRefresh(http, token, { note })).toBeProblem(401);
}
