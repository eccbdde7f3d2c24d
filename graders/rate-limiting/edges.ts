import { concurrently, defineStage, type Http, untilInTime } from 'backend-labs/kit';
import { burst, type Call, inTurn, newKey, until } from './calls.ts';
import { expectLawful, SLACK_MS } from './history.ts';
import { type Policy, policiesOf } from './policies.ts';
import { WINDOWS } from './reading.ts';

export default defineStage({
  id: 'edges',
  title: 'Bursts at the edges of windows',
  world: 'shared',
  checks: [
    {
      id: 'strict-in-any-span',
      title: 'Under “strict” no more than N pass in any span of one window',
      points: 4,
      needs: ['limits-strict'],
      hint: 'A counter per window lets N pass at its end and N more at the start of the next, and an estimate between two counters is off by some. Keep the moments of what passed in a sorted set, and count those of the last window.',
      reference: WINDOWS,
      run: async ({ http, random, env, signal }) => {
        const { strict } = policiesOf(env);
        await tryEdges([http, http.to('web.2')], strict, () => newKey(random), signal);
      },
    },
    {
      id: 'default-in-any-span',
      title: 'Under “default” no more than 2N pass in any span of one window',
      points: 2,
      needs: ['limits-default'],
      hint: 'A window has to be as long as DEFAULT_WINDOW says, and to be the same for all instances.',
      reference: WINDOWS,
      run: async ({ http, random, env, signal }) => {
        const { byDefault } = policiesOf(env);
        await tryEdges([http, http.to('web.2')], byDefault, () => newKey(random), signal);
      },
    },
  ],
});

/** More than the log of what passed leaves open about when a request was counted. */
const PAST_MS = 15;

/**
 * Several clients, each with bursts around another moment. A window may begin with the client's first request: one goes
 * ahead, most of the limit follows late, and all of it once more when the window of the first is over. Or it
 * may begin at a fixed time: four clients have two bursts half a window apart, each pair a quarter of a window after
 * the one before, so that wherever the edge is, some pair has it in its midst.
 */
async function tryEdges(
  instances: readonly Http[],
  policy: Policy,
  newClient: () => string,
  signal: AbortSignal,
): Promise<void> {
  const begin = performance.now();
  const { limit, windowMs } = policy;
  const client = async (plan: readonly [count: number, atWindows: number][]) => {
    const key = newClient();
    const calls: Call[] = [];
    for (const [count, at] of plan) {
      await until(begin + at * windowMs, signal);
      const note = `one of ${count}, ${((at * windowMs) / 1000).toFixed(1)} s after the beginning`;
      calls.push(...(await inTurn(instances, policy, count, { key, note })));
      expectLawful(calls, policy);
    }
  };
  const clients = [
    client([
      [1, 0],
      [limit, 0.75],
      [limit + 1, 1.05],
    ]),
    ...(policy.name === 'strict' ? [0] : [0, 0.55]).map(async (at) => {
      await until(begin + at * windowMs, signal);
      await tryHalfWindows(instances, policy, newClient, signal);
    }),
    ...[0, 0.25, 0.5, 0.75].map((at) =>
      client([
        [limit + 1, at],
        [limit + 1, at + 0.5],
      ]),
    ),
  ];
  await concurrently(clients.length, (i) => clients[i]!);
}

/**
 * A window that ends after half its time, wherever it began: at the latest as the first of a burst was answered. So each burst
 * that is to meet the next window goes off just then; from the second on they are less than a window apart. Where a slow
 * machine draws them further apart, nothing can show: then once more, with another client.
 */
async function tryHalfWindows(
  instances: readonly Http[],
  policy: Policy,
  newClient: () => string,
  signal: AbortSignal,
): Promise<void> {
  const { limit, windowMs } = policy;
  await untilInTime(async () => {
    const begin = performance.now();
    const key = newClient();
    const calls: Call[] = [];
    const send = async (count: number, at: number) => {
      await until(at, signal);
      const note = `one of ${count} at once, ${((at - begin) / 1000).toFixed(1)} s after the beginning`;
      const some = await burst(instances, policy, count, { key, note });
      calls.push(...some);
      expectLawful(calls, policy);
      return Math.min(...some.map(({ answered }) => answered)) + windowMs / 2 + PAST_MS;
    };
    const first = await send(1, begin);
    await send(limit + 1, begin + 0.35 * windowMs);
    const second = await send(limit + 1, first);
    await send(limit + 1, second);
    const [, ...bursts] = calls;
    const end = Math.max(...bursts.map(({ answered }) => answered));
    return end - bursts[0]!.sent <= windowMs - SLACK_MS;
  });
}
