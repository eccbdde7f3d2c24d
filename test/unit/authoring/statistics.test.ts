import { describe, expect, it } from 'vitest';
import { upperBound95 } from '../../../src/authoring/statistics.ts';

describe('the upper bound on a rate', () => {
  it.each([
    // 1 − 0.05^(1/n): exact where nothing was seen.
    [0, 1, 0.95],
    [0, 10, 1 - 0.05 ** (1 / 10)],
    [0, 50, 1 - 0.05 ** (1 / 50)],
    [0, 10_000, 1 - 0.05 ** (1 / 10_000)],
    // qbeta(0.95, k + 1, n − k) of R.
    [1, 10, 0.3941633],
    [2, 10, 0.5069013],
    [5, 100, 0.1022534],
    [9, 10, 0.9948838],
  ])('%d of %d is %f', (seen, runs, bound) => {
    expect(upperBound95(seen, runs)).toBeCloseTo(bound, 6);
  });

  it('is about three in n where nothing was seen', () => {
    expect(upperBound95(0, 300) * 300).toBeCloseTo(3, 1);
  });

  it.each([
    [0, 0],
    [4, 4],
  ])('says nothing of %d in %d', (seen, runs) => {
    expect(upperBound95(seen, runs)).toBe(1);
  });

  it('does not underflow', () => {
    expect(upperBound95(500, 100_000)).toBeCloseTo(0.0054, 4);
  });
});
