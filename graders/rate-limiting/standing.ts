import { defineStage, expect, untilInTime } from 'backend-labs/kit';
import { call, inTurn, newKey, until } from './calls.ts';
import { expectPolicyField, standingOf } from './fields.ts';
import { SLACK_MS, wouldShow } from './history.ts';
import { expectNoLate503 } from './late.ts';
import { forEachPolicy, policiesOf } from './policies.ts';
import { RATELIMIT, rfc } from './reading.ts';
import { exhaust } from './refused.ts';

export default defineStage({
  id: 'fields',
  title: 'Say how much is left, and until when',
  world: 'shared',
  checks: [
    {
      id: 'policy-field',
      title: 'RateLimit-Policy names the policy, its limit and its window',
      points: 1,
      needs: ['serves-routes'],
      hint: 'Send RateLimit-Policy: "default";q=10;w=2 with the values of the environment. The name stands in double quotes, w is in seconds, and the semicolons belong to one item.',
      reference: RATELIMIT,
      run: async ({ http, random, env }) => {
        for (const policy of Object.values(policiesOf(env)))
          expectPolicyField((await call(http, policy, { key: newKey(random) })).response, policy);
      },
    },
    {
      id: 'standing-field',
      title: 'RateLimit on a new client’s first answer says that N - 1 are left',
      points: 1,
      needs: ['serves-routes'],
      hint: 'Send RateLimit: "default";r=9;t=2. r counts what is left after this request, t is in whole seconds and never more than the window.',
      reference: RATELIMIT,
      run: async ({ http, random, env }) => {
        for (const policy of Object.values(policiesOf(env))) {
          const { response } = await call(http, policy, {
            key: newKey(random),
            note: `the first of a new client, whose limit is ${policy.limit}`,
          });
          const { remaining } = standingOf(response, policy);
          expect(remaining, 'r', response).toBe(policy.limit - 1);
        }
      },
    },
    {
      id: 'remaining-falls',
      title: 'r falls by one with each request that passes, down to 0',
      points: 2,
      needs: ['standing-field', 'limits-default'],
      hint: 'Take r from the same step in Redis that counts the request: limit minus what has been used, this request included.',
      reference: RATELIMIT,
      run: async ({ http, random, env }) => {
        const { strict, byDefault } = policiesOf(env);
        for (const policy of [strict, byDefault]) {
          const key = newKey(random);
          const calls = await inTurn([http], policy, policy.limit, { key });
          const took = calls.at(-1)!.answered - calls[0]!.sent;
          // Where the contract allows it, a window may end meanwhile, or what was used may come back bit by bit.
          const returned =
            policy === strict
              ? took < strict.windowMs - SLACK_MS
                ? 0
                : policy.limit
              : 1 + Math.floor((policy.limit * took) / policy.windowMs);
          let exceptions = 0;
          let before = policy.limit;
          for (const { response } of calls) {
            const { remaining } = standingOf(response, policy);
            const falls = remaining === before - 1;
            if (!falls) exceptions += 1;
            if (exceptions > returned) expect(remaining, 'r', response).toBe(before - 1);
            before = remaining;
          }
        }
      },
    },
    {
      id: 'fields-on-refusal',
      title: 'A 429 carries both fields, with r=0',
      points: 1,
      needs: ['policy-field', 'standing-field', 'limits-default'],
      hint: 'Set the fields before you decide, so that no answer goes without them. Some frameworks drop headers that were set before an error: see what your error handler sends.',
      reference: RATELIMIT,
      run: async ({ http, random, env }) => {
        for (const policy of Object.values(policiesOf(env))) {
          const { refused } = await exhaust([http], policy, { key: newKey(random) });
          expectPolicyField(refused.response, policy);
          expect(standingOf(refused.response, policy).remaining, 'r', refused.response).toBe(0);
        }
      },
    },
    {
      id: 'bad-reports-cost',
      title: 'A report that is 422 costs as much as one that is 202, and says so',
      points: 1,
      needs: ['remaining-falls', 'refuses-bad-requests', 'policy-field'],
      hint: 'Limit before the body is read and validated. A client that sends nonsense is just what a limiter is for.',
      reference: rfc(9110, '15.5.21', '422 Unprocessable Content'),
      run: async ({ http, random, env }) => {
        const { strict } = policiesOf(env);
        const key = newKey(random);
        const headers = { 'x-api-key': key };
        const sent = performance.now();
        for (let i = 1; i <= strict.limit; i += 1) {
          const note = `bad report ${i} of a client whose limit is ${strict.limit}`;
          const bad = await http.post('/reports', { headers, json: { title: 7 }, note });
          expectNoLate503(bad);
          expect(bad).toBeProblem(422);
          expectPolicyField(bad, strict);
          const { remaining } = standingOf(bad, strict);
          if (performance.now() < sent + strict.windowMs - SLACK_MS)
            expect(remaining, 'r', bad).toBe(strict.limit - i);
        }
        const note = `a good report after ${strict.limit} bad ones`;
        const next = await call(http, strict, { key, note });
        if (next.answered < sent + strict.windowMs - SLACK_MS)
          expect(next.response).toHaveStatus(429);
      },
    },
    {
      id: 'reset-is-true',
      title: 'After t seconds more is left than r said',
      points: 2,
      needs: ['remaining-falls'],
      hint: 't is the time until something of the budget comes back, in seconds and rounded up: the rest of the window where it is fixed, the time until the oldest request leaves it where it slides.',
      reference: RATELIMIT,
      run: async ({ http, random, env, signal }) => {
        await forEachPolicy(env, async (policy) => {
          await untilInTime(async () => {
            const key = newKey(random);
            const some = await inTurn([http], policy, 3, { key });
            const last = some.at(-1)!;
            const standings = some.map(({ response }) => standingOf(response, policy));
            const remaining = Math.min(...standings.map((standing) => standing.remaining));
            const wait = Math.max(...standings.map(({ resetSeconds }) => resetSeconds));
            const end = last.answered + wait * 1000;
            await until(end, signal);
            const note = `${wait} s after the last, which said r=${remaining};t=${wait}`;
            const { response } = await call(http, policy, { key, note });
            // This request itself has taken one.
            const now = standingOf(response, policy).remaining;
            expect(now, 'r', response).toBeAtLeast(remaining);
            return wouldShow(policy, { first: some[0]!, last, end });
          });
        });
      },
    },
  ],
});
