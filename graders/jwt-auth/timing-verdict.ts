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

export interface Pair {
  /** Known minus unknown. */
  differenceMs: number;
  hashMs: number;
}

export function pairOf(
  knownMs: number,
  unknownMs: number,
  { withoutHashMs }: { withoutHashMs: number },
): Pair {
  return {
    differenceMs: knownMs - unknownMs,
    // Where a hash takes next to nothing, another check says so; here it must not divide noise.
    hashMs: Math.max(10, knownMs - withoutHashMs),
  };
}

/** Asked after each pair. */
export function judgePairs(pairs: readonly Pair[]): TimingVerdict {
  const measured = pairs.length;
  if (measured >= ENOUGH && Math.abs(median(pairs.map(inHashes))) < 1 / 4) return 'same';
  const count = COUNTS.find((each) => each.pairs === measured);
  if (count === undefined) return undefined;
  const agreeing = Math.max(...Object.values(telling(pairs)));
  if (agreeing >= count.failing) return 'tells';
  return agreeing < UNDECIDED || count === COUNTS.at(-1) ? 'same' : undefined;
}

/** How many pairs tell, by more than half of a hash, that an unknown address is answered sooner, and later. */
export function telling(pairs: readonly Pair[]) {
  const differences = pairs.map(inHashes);
  return {
    sooner: differences.filter((difference) => difference > 1 / 2).length,
    later: differences.filter((difference) => difference < -1 / 2).length,
  };
}

function inHashes({ differenceMs, hashMs }: Pair): number {
  return differenceMs / hashMs;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return (sorted[Math.floor(last / 2)]! + sorted[Math.ceil(last / 2)]!) / 2;
}
