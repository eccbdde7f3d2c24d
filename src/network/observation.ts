import type { Answered } from './answered.ts';
import { moreThan } from './flood.ts';
import type { LetGo } from './let-go.ts';
import type { OpaqueConnection } from './tap.ts';

/** What a tap saw between two moments, and whether that is all. */
export interface Observation<T> {
  /** A moment: how many were answered by now; what could not be read counts, too. */
  mark(): number;
  /** Those answered since then, even if they were sent before; so many as are kept. */
  since(mark: number): readonly T[];
  /** Where clients have sent so much that `since` has not all of it: what, as in `more than 50,000 commands`. */
  excessSince(mark: number): string | undefined;
  /** Lets go of what was answered so far, and keeps nothing more before the next `mark`. */
  forget(): void;
  /** Those that have said something since then which could not be read: where there is one, `since` has not all. */
  opaqueSince(mark: number): readonly OpaqueConnection[];
}

/**
 * @param log.most How many it keeps.
 * @param texts Bounds what is kept of texts, each time that keeping begins anew.
 * @param what As in `more than 50,000 commands`.
 */
export function observationOf<T>(
  { answered, most }: { answered: Answered<T>; most: number },
  lost: LetGo,
  texts: { renew(): void },
  what: string,
): Observation<T> {
  return {
    mark: () => {
      if (!answered.isKeeping) texts.renew();
      return answered.mark();
    },
    since: (mark) => answered.since(mark),
    excessSince: (mark) =>
      lost.floodSince(mark) ?? (answered.hasAllSince(mark) ? undefined : moreThan(most, what)),
    forget: () => answered.forget(),
    opaqueSince: (mark) => lost.opaqueSince(mark),
  };
}
