import { setTimeout as sleep } from 'node:timers/promises';
import { defineStage, expect, untilInTime } from 'backend-labs/kit';
import { refresh, signUp, tryRefresh } from './accounts.ts';
import { ask, expectStatusOnBoth, withToken } from './asking.ts';
import { ROTATION, rfc } from './reading.ts';
import { settingsOf } from './settings.ts';

/** Milliseconds for clocks that are rounded down to a second, and for ours. */
const ROUNDING = 1_100;

/** Lives that a check can wait for. */
export default defineStage({
  id: 'lifetimes',
  title: 'Tokens that grow old',
  world: 'own',
  env: (random) => ({
    ACCESS_TOKEN_TTL: `${random.integer(2, 3)}`,
    REFRESH_TOKEN_TTL: `${random.integer(3, 4)}`,
    JWT_LEEWAY: '1',
  }),
  checks: [
    {
      id: 'access-tokens-expire',
      title: 'An access token is refused once it has expired, and a refresh gives another',
      points: 2,
      needs: ['refreshes', 'token-lifetime'],
      hint: 'Look at `exp` each time a token is verified, whatever you remember of it: a cache of verified tokens has to forget them in time.',
      reference: rfc(7519, '4.1.4', '"exp" (Expiration Time) Claim'),
      run: async ({ http, random, env, signal }) => {
        const { accessTtl, leeway } = settingsOf(env);
        const session = await signUp(http, random);
        const answer = await ask(http, session.access, 'GET', '/me', { note: 'as it is new' });
        const exp = Number(session.claims['exp']) * 1_000;
        // A slow machine may have used up its life.
        if (answer.status !== 200 && Date.now() < exp)
          throw withToken(answer.failure('status 200', `status ${answer.status}`), session.access);
        await sleep(Math.max(0, exp + leeway * 1_000 + 50 - Date.now()), undefined, { signal });
        const since = `issued ${accessTtl + leeway} s ago, when ACCESS_TOKEN_TTL is ${accessTtl} and JWT_LEEWAY ${leeway}`;
        await expectStatusOnBoth(http, session.access, 401, since);
      },
    },
    {
      id: 'refresh-tokens-expire',
      title: 'A refresh token is refused REFRESH_TOKEN_TTL seconds after its issue, and no sooner',
      points: 1,
      needs: ['refreshes'],
      hint: 'Store `expires_at` with each refresh token, counted from when it was issued (not from the log-in), and compare it when the token is used.',
      reference: ROTATION,
      run: async ({ http, random, env, signal }) => {
        const { refreshTtl, leeway } = settingsOf(env);
        const wait = (ms: number) => sleep(Math.max(0, ms), undefined, { signal });
        const forgotten = async () => {
          const session = await signUp(http, random);
          await wait((refreshTtl + leeway) * 1_000 + ROUNDING);
          const note = `issued ${refreshTtl + leeway + 1} s ago, when REFRESH_TOKEN_TTL is ${refreshTtl} and JWT_LEEWAY ${leeway}`;
          const late = await tryRefresh(http.to('web.2'), session.refresh, { note });
          expect(late).toBeProblem(401);
        };
        // Two steps, each shorter than a token's life and together longer.
        const step = refreshTtl * 1_000 * 0.6;
        /** Whether each was tried while it lived, which a slow machine may not manage. */
        const kept = async (): Promise<boolean> => {
          const session = await signUp(http, random);
          let asked = performance.now();
          let { refresh: newest } = await refresh(http, session.refresh);
          for (let count = 0; count < 2; count += 1) {
            // The token was issued after it was asked for.
            const issued = asked;
            await wait(step);
            asked = performance.now();
            const note = `issued ${(step / 1_000).toFixed(1)} s ago, when REFRESH_TOKEN_TTL is ${refreshTtl}`;
            const answer = await tryRefresh(http, newest, { note });
            const isTold = answer.status === 200 || performance.now() - issued < refreshTtl * 1_000;
            if (!isTold) return false;
            expect(answer).toHaveStatus(200);
            newest = answer.json.refresh_token;
          }
          return true;
        };
        const outcomes = await Promise.allSettled([forgotten(), untilInTime(kept)]);
        for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
      },
    },
  ],
});
