import { setTimeout as sleep } from 'node:timers/promises';
import { CheckFailure } from '../core/failure.ts';

/** What `attempt` found: a value, or the failure that stood in its way. */
export type Attempt<T> = { value: T; failure?: never } | { value?: never; failure: CheckFailure };

/** Runs what may fail for the learner's reasons; what fails for ours is thrown on. */
export async function attempt<T>(action: () => Promise<T>): Promise<Attempt<T>> {
  try {
    return { value: await action() };
  } catch (error) {
    if (error instanceof CheckFailure) return { failure: error };
    throw error;
  }
}

/**
 * Starts `count` actions at once and waits for them all; then throws the first failure, if any, so
 * that nothing is still under way when the check ends.
 */
export async function concurrently<T>(
  count: number,
  action: (index: number) => Promise<T>,
): Promise<T[]> {
  const settled = await Promise.allSettled(Array.from({ length: count }, (_, i) => action(i)));
  return settled.map((outcome) => {
    if (outcome.status === 'rejected') throw outcome.reason;
    return outcome.value;
  });
}

export interface EventuallyOptions {
  withinMs: number;
  /** Pause between attempts; 50 ms where nothing is said. */
  everyMs?: number;
  signal?: AbortSignal;
}

/** Tries until it holds; the failure after `withinMs` is the last one seen, with the time said. */
export async function eventually<T>(
  action: () => Promise<T>,
  { withinMs, everyMs = 50, signal }: EventuallyOptions,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    // Asked before it is tried: one try that took all the time would be the only one.
    const isLast = performance.now() + everyMs > deadline;
    const { value, failure } = await attempt(action);
    if (failure === undefined) return value as T;
    if (isLast) {
      const expected = `within ${withinMs / 1000} s, trying again and again: ${failure.failure.expected}`;
      throw new CheckFailure({ ...failure.failure, expected });
    }
    await sleep(everyMs, undefined, signal === undefined ? {} : { signal });
  }
}
