import { CheckFailure } from '../core/failure.ts';
import type { Response } from './http/response.ts';

/** A failure that also a machine brings about which stands still for a moment: `untilInTime` tries again. */
export class PerhapsStalled extends CheckFailure {
  constructor({ failure }: CheckFailure) {
    super(failure);
  }
}

/**
 * For rounds of `untilInTime` in which a service is there. An app has to bound its waits for it, and answers 503 when one is
 * over: rightly, where app or service stood still for a moment with the machine.
 *
 * @param wait.service `Redis`: what the app waited for
 * @param wait.ms an app that answered sooner did not wait
 * @throws {PerhapsStalled} 503 after as long or longer
 */
export function expectNoTimeout(
  response: Response,
  { service, ms }: { service: string; ms: number },
): void {
  const { durationMs } = response.exchange;
  if (response.status !== 503 || durationMs < ms) return;
  throw new PerhapsStalled(
    response.failure(
      `another answer than 503, since ${service} is there`,
      `status 503 after ${(durationMs / 1000).toFixed(1)} s`,
    ),
  );
}

/**
 * On a busy machine a moment can be over before the grader comes to it, and a right app can be late.
 * Runs a round again, up to `times` in all, where it says that it came too late to see anything, or
 * throws `PerhapsStalled`; each must begin with something new, another client or another row. What
 * the last one comes to counts, since a fault of the app shows in each. Any other failure is one at
 * once.
 *
 * @param round is told its number, from 1, and says whether it was in time
 */
export async function untilInTime<T extends boolean | { inTime: boolean }>(
  round: (nth: number) => Promise<T>,
  times = 3,
): Promise<T> {
  for (let nth = 1; nth < times; nth += 1) {
    try {
      const outcome = await round(nth);
      if (typeof outcome === 'object' ? outcome.inTime : outcome) return outcome;
    } catch (error) {
      if (!(error instanceof PerhapsStalled)) throw error;
    }
  }
  return round(times);
}
