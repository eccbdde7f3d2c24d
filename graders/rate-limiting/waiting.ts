import { setTimeout as sleep } from 'node:timers/promises';
import { defineStage, untilInTime } from 'backend-labs/kit';
import { type Call, call, inTurn, newKey, until } from './calls.ts';
import { retryAfterOf } from './fields.ts';
import { expectLawful, SLACK_MS, wouldShow } from './history.ts';
import { forEachPolicy, type Policy, policiesOf } from './policies.ts';
import { INCR, RETRY_AFTER, WINDOWS } from './reading.ts';
import { exhaust } from './refused.ts';

export default defineStage({
  id: 'waiting',
  title: 'Wait, and pass',
  world: 'shared',
  checks: [
    {
      id: 'retry-after-suffices',
      title: 'A client that waits exactly as long as Retry-After says passes',
      points: 3,
      needs: ['limits-default'],
      hint: 'Retry-After is in whole seconds, rounded up: Redis counts milliseconds (PTTL), and rounded down they send the client back a moment too early. See also that the key’s expiry is in the unit that the command takes (EX seconds, PX milliseconds).',
      reference: RETRY_AFTER,
      run: async ({ http, random, env, signal }) => {
        await forEachPolicy(env, async (policy) => {
          await untilInTime(async () => {
            const key = newKey(random);
            const { calls, refused } = await exhaust([http], policy, { key });
            const seconds = retryAfterOf(refused.response, policy);
            const end = refused.answered + seconds * 1000;
            await until(end, signal);
            const note = `after the ${seconds} s that Retry-After said`;
            const next = await call(http, policy, { key, note });
            if (!next.passed)
              throw next.response.failure(`status ${statusOf(policy)}`, 'status 429 once more');
            return wouldShow(policy, { first: calls[0]!, last: refused, end });
          });
        });
      },
    },
    {
      id: 'retry-after-is-shortest',
      title: 'Under “strict” Retry-After is no longer than the client has to wait',
      points: 2,
      needs: ['retry-after-suffices'],
      hint: 'The client passes when the oldest of the requests that fill the window leaves it: that moment plus one window, minus now, rounded up. The whole window is an answer only to those that come at its very beginning.',
      reference: RETRY_AFTER,
      run: async ({ http, random, env, signal }) => {
        const { strict } = policiesOf(env);
        await untilInTime(async () => {
          const key = newKey(random);
          const { calls } = await exhaust([http], strict, { key });
          // On a slow machine more have passed than N, and those that fill the window are the last of them.
          const filling = calls.filter(({ passed }) => passed).slice(-strict.limit);
          const oldest = Math.min(...filling.map(({ answered }) => answered));
          await until(oldest + 0.6 * strict.windowMs, signal);
          const note = 'when more than half of the window has gone by';
          const late = await call(http, strict, { key, note });
          // The machine was slow; or too much may pass, which is for other checks to say.
          if (late.passed) return false;
          const seconds = retryAfterOf(late.response, strict);
          const left = oldest + strict.windowMs - late.sent;
          const longest = Math.ceil((left + SLACK_MS) / 1000);
          if (seconds <= longest) return true;
          throw late.response.failure(
            `Retry-After: ${longest}, since the client can pass in ${(left / 1000).toFixed(1)} s`,
            `Retry-After: ${seconds}`,
          );
        });
      },
    },
    {
      id: 'refusals-cost-nothing',
      title: 'A client that hammers on while it is refused passes as soon as one that waits',
      points: 3,
      needs: ['retry-after-suffices'],
      hint: 'Count and extend only when a request passes. A refused one that is added to the window, or that sets the expiry anew, locks an eager client out for ever.',
      reference: INCR,
      run: async ({ http, random, env, signal }) => {
        await forEachPolicy(env, async (policy) => {
          await untilInTime(async () => {
            const key = newKey(random);
            const { refused } = await exhaust([http], policy, { key });
            const seconds = retryAfterOf(refused.response, policy);
            const end = refused.answered + seconds * 1000;
            const note = 'again and again while the client has to wait';
            const eager = [refused];
            // What refusals left behind, each a place in the log or a new end, shows for one window.
            const enough = policy.name === 'strict' ? policy.limit : 1;
            const wouldBeRefused = ({ answered }: Call) =>
              eager.filter(({ sent }) => sent > answered - policy.windowMs).length >= enough;
            while (performance.now() < end - 150) {
              const early = await call(http, policy, { key, note });
              if (early.passed) return wouldBeRefused(early);
              eager.push(early);
              await sleep(80, undefined, { signal });
            }
            await until(end, signal);
            const after = `after the ${seconds} s of the first Retry-After, and ${eager.length - 1} refusals meanwhile`;
            const next = await call(http, policy, { key, note: after });
            if (!next.passed)
              throw next.response.failure(`status ${statusOf(policy)}`, 'status 429 once more');
            return wouldBeRefused(next);
          });
        });
      },
    },
    {
      id: 'steady-client-passes',
      title: 'A client that stays below the limit is never refused, however long it goes on',
      points: 2,
      needs: ['limits-default'],
      hint: 'Set the expiry when the window begins and leave it alone. Set anew with each request, it never comes for a client that is always there, and the count only grows.',
      reference: INCR,
      run: async ({ http, random, env, signal }) => {
        const { byDefault } = policiesOf(env);
        const { limit, windowMs } = byDefault;
        // N + 1, of which hardly more than a third are of one window.
        const gapMs = (2.8 * windowMs) / limit;
        const note = `one every ${gapMs.toFixed(0)} ms`;
        await untilInTime(async () => {
          const key = newKey(random);
          const begin = performance.now();
          const calls: Call[] = [];
          for (let i = 0; i <= limit; i += 1) {
            await until(begin + i * gapMs, signal);
            calls.push(await call(http, byDefault, { key, note }));
          }
          expectLawful(calls, byDefault);
          // After a rest of a whole window a count that only grows has begun anew.
          return calls.every(
            ({ answered }, i) => i === 0 || answered - calls[i - 1]!.sent < windowMs,
          );
        });
      },
    },
    {
      id: 'strict-frees-one-by-one',
      title: 'Under “strict” each request makes room one window after it passed, and no other does',
      points: 2,
      needs: ['limits-strict'],
      hint: 'Remember when each request passed (a sorted set with the moment as the score), drop those older than one window, and count the rest. What passed later stays.',
      reference: WINDOWS,
      run: async ({ http, random, env, signal }) => {
        const { strict } = policiesOf(env);
        await untilInTime(async () => {
          const key = newKey(random);
          const first = await call(http, strict, { key, note: 'the first of a new client' });
          await until(first.sent + 0.6 * strict.windowMs, signal);
          const others = await inTurn([http], strict, strict.limit, { key });
          await until(first.answered + strict.windowMs + SLACK_MS, signal);
          const note = 'one of 2, now that the first is one window old';
          const last = await inTurn([http], strict, 2, { key, note });
          expectLawful([first, ...others, ...last], strict);
          // The first has left the window only after the others passed, and none of the others has.
          const [left, leaves] = [first, others[0]!].map(({ sent }) => sent + strict.windowMs);
          return others.at(-1)!.answered < left! && last[1]!.answered < leaves! - SLACK_MS;
        });
      },
    },
  ],
});

const statusOf = ({ name }: Policy): number => (name === 'strict' ? 202 : 200);
