import { describe, expect, it } from 'vitest';
import { judgePairs, type Pair, pairOf } from '../../../graders/jwt-auth/timing-verdict.ts';
import { createRandom } from '../../../src/kit/random.ts';

/** Measures as many pairs as are asked for; each difference is what `next` says, in hashes. */
function verdictOf(next: (pair: number) => number) {
  return verdictOn((pair) => ({ differenceMs: 100 * next(pair), hashMs: 100 }));
}

function verdictOn(next: (pair: number) => Pair) {
  const pairs: Pair[] = [];
  for (;;) {
    pairs.push(next(pairs.length));
    const verdict = judgePairs(pairs);
    if (verdict !== undefined) return { verdict, pairs: pairs.length };
  }
}

/** Share of runs that fail where a pair tells with a probability of `telling` in 100, always the same way. */
function failing(telling: number, runs: number): number {
  const random = createRandom('pairs', `${telling}`);
  const count = Array.from({ length: runs }, () =>
    verdictOf(() => (random.integer(1, 100) <= telling ? 1 : -1)),
  ).filter(({ verdict }) => verdict === 'tells').length;
  return count / runs;
}

describe('what the times of log-ins tell', () => {
  it('nothing, after ten pairs, where they are the same', () => {
    expect(verdictOf((pair) => (pair % 2 ? 0.03 : -0.03))).toEqual({ verdict: 'same', pairs: 10 });
  });

  it.each([1, -1])('a difference of %i hash, after thirty', (difference) => {
    expect(verdictOf(() => difference)).toEqual({ verdict: 'tells', pairs: 30 });
  });

  it('a difference on a machine that is three times as quick after the first pairs', () => {
    const slow = pairOf(300, 12, { withoutHashMs: 5 });
    const quick = pairOf(100, 4, { withoutHashMs: 5 });
    expect(verdictOn((pair) => (pair < 5 ? slow : quick))).toEqual({ verdict: 'tells', pairs: 30 });
  });

  it('a difference behind noise, after sixty', () => {
    const differences = (pair: number) => (pair % 10 === 0 ? 0 : 1);
    expect(verdictOf(differences)).toEqual({ verdict: 'tells', pairs: 60 });
  });

  it('nothing, after thirty, where too few agree for more to matter', () => {
    const differences = (pair: number) => (pair % 3 === 0 ? -1 : 0.4);
    expect(verdictOf(differences)).toEqual({ verdict: 'same', pairs: 30 });
  });

  it('nothing, after sixty, where 48 agree', () => {
    const differences = (pair: number) => (pair % 5 === 0 ? 0 : 1);
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
