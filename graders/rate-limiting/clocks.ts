import { concurrently, defineStage, expect, untilInTime } from 'backend-labs/kit';
import { call, inTurn, newKey, until } from './calls.ts';
import { retryAfterOf, standingOf } from './fields.ts';
import { expectLawful } from './history.ts';
import { forEachPolicy } from './policies.ts';
import { redisDocs } from './reading.ts';
import { exhaust } from './refused.ts';

const TIME = redisDocs('commands/time', 'TIME');

export default defineStage({
  id: 'clocks',
  title: 'An instance whose clock is 30 s ahead',
  world: 'own',
  clocks: { 'web.2': 30_000 },
  checks: [
    {
      id: 'clock-changes-no-budget',
      title: 'What passes does not depend on the clocks of the instances',
      points: 3,
      needs: ['instances-share-strict', 'strict-in-any-span', 'limits-default'],
      hint: 'A moment from Date.now() of one machine means nothing to another. Ask Redis for the time, in the script (TIME), or let the expiry of a key measure the window.',
      reference: TIME,
      run: async ({ http, random, env, signal }) => {
        const ahead = http.to('web.2');
        const orders = [
          [http, ahead],
          [ahead, http],
        ] as const;
        await forEachPolicy(env, async (policy) => {
          await concurrently(orders.length, async (i) => {
            const [first, second] = orders[i]!;
            const key = newKey(random);
            const calls = await inTurn([first], policy, policy.limit, { key });
            expectLawful(calls, policy);
            calls.push(...(await inTurn([second, first], policy, 2 * policy.limit, { key })));
            expectLawful(calls, policy);
            await until(calls.at(-1)!.answered + policy.memoryMs + 100, signal);
            const note = 'after a rest';
            const instances = [first, second];
            calls.push(...(await inTurn(instances, policy, policy.limit, { key, note })));
            expectLawful(calls, policy);
          });
        });
      },
    },
    {
      id: 'clock-changes-no-field',
      title: 'Retry-After and t are true whatever clock an instance has',
      points: 2,
      needs: ['retry-after-suffices', 'fields-on-refusal', 'clock-changes-no-budget'],
      hint: 'Let Redis say how long the wait is (PTTL, or TIME in the script), as a duration. An end of the window that is kept as a moment and compared with the local clock is off by what that clock is off.',
      reference: TIME,
      run: async ({ http, random, env, signal }) => {
        const ahead = http.to('web.2');
        await forEachPolicy(env, async (policy) => {
          await untilInTime(async () => {
            const key = newKey(random);
            await exhaust([http], policy, { key });
            const note = 'to the instance whose clock is ahead';
            const { calls, refused } = await exhaust([ahead], policy, { key, note });
            expect(standingOf(refused.response, policy).remaining, 'r', refused.response).toBe(0);
            const seconds = retryAfterOf(refused.response, policy);
            await until(refused.answered + seconds * 1000, signal);
            const after = `after the ${seconds} s that Retry-After said`;
            const next = await call(ahead, policy, { key, note: after });
            if (!next.passed) throw next.response.failure('it to pass', 'status 429 once more');
            standingOf(next.response, policy);
            // Else a window has ended in between, and the next began by the clock that is ahead.
            return calls.length === 1;
          });
        });
      },
    },
  ],
});
