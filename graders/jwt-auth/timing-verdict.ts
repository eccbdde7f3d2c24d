/** After so many pairs, a difference that is small already is enough to pass. */
const ENOUGH = 10;
/** When it is counted, and how many pairs must agree for the check to fail: each 1e-6 of fair coins at most. */
const COUNTS = [
  // Two tails: 8.7e-7.
  { pairs: 30, failing: 28 },
  // 7.6e-7.
  { pairs: 60, failing: 49 },
];
/** With fewer there is nothing that more pairs would make clear. */
const UNDECIDED = 20;

/** Undefined: more pairs must be measured. */
export type TimingVerdict = 'same' | 'tells' | undefined;

/**
 * Asked after each pair.
 * @param differences known minus unknown, in milliseconds, pair by pair
 * @param hashMs what a hash takes
 */
export function judgePairs(differences: readonly number[], hashMs: number): TimingVerdict {
  const measured = differences.length;
  if (measured >= ENOUGH && Math.abs(median(differences)) < hashMs / 4) return 'same';
  const count = COUNTS.find(({ pairs }) => pairs === measured);
  if (count === undefined) return undefined;
  const agreeing = Math.max(...Object.values(telling(differences, hashMs)));
  if (agreeing >= count.failing) return 'tells';
  return agreeing < UNDECIDED || count === COUNTS.at(-1) ? 'same' : undefined;
}

/** How many pairs tell, by more than half of a hash, that an unknown address is answered sooner, and later. */
export function telling(differences: readonly number[], hashMs: number) {
  return {
    sooner: differences.filter((difference) => difference > hashMs / 2).length,
    later: differences.filter((difference) => difference < -hashMs / 2).length,
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return (sorted[Math.floor(last / 2)]! + sorted[Math.ceil(last / 2)]!) / 2;
}
