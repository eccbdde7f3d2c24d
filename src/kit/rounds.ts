import { CheckFailure } from '../core/failure.ts';

/** A failure that also a machine brings about which stands still for a moment: `untilInTime` tries again. */
export class PerhapsStalled extends CheckFailure {
  constructor({ failure }: CheckFailure) {
    super(failure);
  }
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
