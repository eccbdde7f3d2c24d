/** Milliseconds that each subject took last time, by its key. */
export type Durations = ReadonlyMap<string, number>;

/**
 * The longest first, so that none of them is still at work when all others are done. What was never
 * measured comes before: it may be the longest of all.
 */
export function longestFirst<T>(
  turns: readonly T[],
  keyOf: (turn: T) => string,
  known: Durations,
): T[] {
  const expected = (turn: T) => known.get(keyOf(turn)) ?? Number.POSITIVE_INFINITY;
  return turns.toSorted((a, b) => {
    const [first, second] = [expected(a), expected(b)];
    return first === second ? 0 : second - first;
  });
}
