import type { Http, Random } from 'backend-labs/kit';
import { burst, type Call, type Caller, call, newKey, until } from './calls.ts';
import { expectAtMost } from './history.ts';
import type { Policy } from './policies.ts';

/** More would be slow rather than unlimited. */
const ROUNDS = 6;

/**
 * Sends until one is refused; all that was sent, that one last. One after the other, so that an app that counts wrongly
 * only when requests race is refused here too; where answers are so slow that windows end meanwhile, at once.
 */
export async function exhaust(
  instances: readonly Http[],
  policy: Policy,
  caller: Caller,
): Promise<{ calls: Call[]; refused: Call }> {
  const calls: Call[] = [];
  const note = caller.note ?? 'until one is refused';
  for (let i = 0; i <= policy.atMost; i += 1) {
    calls.push(await call(instances[i % instances.length]!, policy, { ...caller, note }));
    const last = calls.at(-1)!;
    if (!last.passed) return { calls, refused: last };
    expectAtMost(calls, policy);
  }
  for (let round = 1; round <= ROUNDS; round += 1) {
    const some = await burst(instances, policy, policy.atMost + 1, caller);
    calls.push(...some);
    const refused = some.filter(({ passed }) => !passed);
    if (refused.length === 0) continue;
    // The last one that was answered knows of the most that passed.
    return { calls, refused: refused.reduce((a, b) => (b.answered > a.answered ? b : a)) };
  }
  throw calls
    .at(-1)!
    .response.failure('status 429 once the limit is reached', `${calls.length} requests passed`);
}

/**
 * Uses up a budget by one way and asks by another. Under a policy that may let 2N pass, a window can end just in
 * between; it cannot three times at these distances.
 *
 * @throws {CheckFailure} the other way has a budget of its own
 */
export async function expectOneBudget(
  policy: Policy,
  { random, signal }: { random: Random; signal: AbortSignal },
  ways: {
    /** "web.1 has refused the client": what the requests that are then sent say of themselves. */
    what: string;
    useUp(key: string): Promise<unknown>;
    ask(key: string, note: string): Promise<Call[]>;
  },
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const begin = performance.now();
    const key = newKey(random);
    await ways.useUp(key);
    const calls = await ways.ask(key, `right after ${ways.what}`);
    if (calls.some(({ passed }) => !passed)) return;
    if (attempt === 3)
      throw calls[0]!.response.failure(
        'status 429, since it is the same budget',
        `all of ${calls.length} such requests passed, at each of three times`,
      );
    await until(begin + 0.37 * policy.windowMs, signal);
  }
}
