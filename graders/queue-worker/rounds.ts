import { CheckFailure } from 'backend-labs/kit';

/** A failure that also a machine brings about which stands still for a moment. */
export class PerhapsStalled extends CheckFailure {
  constructor({ failure }: CheckFailure) {
    super(failure);
  }
}

/**
 * On a busy machine a moment can be over before the grader comes to it, and a right app can be late. A round gives false where
 * it came too late to see anything; then, or where it is `PerhapsStalled`, it is tried again with other jobs. What the last
 * one comes to counts: a fault of the app shows in each. Any other failure is one at once.
 */
export async function untilInTime(
  round: (nth: number) => Promise<boolean>,
  times = 3,
): Promise<void> {
  for (let nth = 1; nth < times; nth += 1) {
    try {
      if (await round(nth)) return;
    } catch (error) {
      if (!(error instanceof PerhapsStalled)) throw error;
    }
  }
  await round(times);
}
