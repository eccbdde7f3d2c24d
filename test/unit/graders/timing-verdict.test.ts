import { describe, expect, it } from 'vitest';
import { judgePairs } from '../../../graders/jwt-auth/timing-verdict.ts';
import { createRandom } from '../../../src/kit/random.ts';

const HASH_MS = 100;

/** Measures as many pairs as are asked for; each difference is what `next` says, in milliseconds. */
function verdictOf(next: (pair: number) => number) {
  const differences: number[] = [];
  for (;;) {
    differences.push(next(differences.length));
    const verdict = judgePairs(differences, HASH_MS);
    if (verdict !== undefined) return { verdict, pairs: differences.length };
  }
}

/** Share of runs that fail where a pair tells with a probability of `telling` in 100, always the same way. */
function failing(telling: number, runs: number): number {
  const random = createRandom('pairs', `${telling}`);
  const count = Array.from({ length: runs }, () =>
    verdictOf(() => (random.integer(1, 100) <= telling ? HASH_MS : -HASH_MS)),
  ).filter(({ verdict }) => verdict === 'tells').length;
  return count / runs;
}

describe('what the times of log-ins tell', () => {
  it('nothing, after ten pairs, where they are the same', () => {
    expect(verdictOf((pair) => (pair % 2 ? 3 : -3))).toEqual({ verdict: 'same', pairs: 10 });
  });

  it.each([HASH_MS, -HASH_MS])('a difference of %i ms, after thirty', (difference) => {
    expect(verdictOf(() => difference)).toEqual({ verdict: 'tells', pairs: 30 });
  });

  it('a difference behind noise, after sixty', () => {
    const differences = (pair: number) => (pair % 10 === 0 ? 0 : HASH_MS);
    expect(verdictOf(differences)).toEqual({ verdict: 'tells', pairs: 60 });
  });

  it('nothing, after thirty, where too few agree for more to matter', () => {
    const differences = (pair: number) => (pair % 3 === 0 ? -HASH_MS : HASH_MS * 0.4);
    expect(verdictOf(differences)).toEqual({ verdict: 'same', pairs: 30 });
  });

  it('nothing, after sixty, where 48 agree', () => {
    const differences = (pair: number) => (pair % 5 === 0 ? 0 : HASH_MS);
    expect(verdictOf(differences)).toEqual({ verdict: 'same', pairs: 60 });
  });

  // The worst that an app can be whose times are the same: each pair a fair coin. 2e-6 of its runs fail.
  it('does not fail fair coins', () => {
    expect(failing(50, 20_000)).toBe(0);
  });

  it.each([
    [90, 0.97],
    [95, 0.995],
  ])('finds what tells in %i of 100 pairs in %d of the runs', (telling, share) => {
    expect(failing(telling, 5_000)).toBeGreaterThan(share);
  });
});
