import { describe, expect, it } from 'vitest';
import { outcomeOf, type Scored, scoreOf } from '../../../src/core/score.ts';

const check = (points: number, verdict: Scored['verdict'] = 'passed'): Scored => ({
  points,
  verdict,
  gradable: true,
});
const short = (earned: number, max: number) => [check(earned), check(max - earned, 'failed')];

describe('the score', () => {
  it.each([
    [163, 233, 69.9],
    [2, 3, 66.6],
    [9_999, 10_000, 99.9],
    [57, 100, 57],
    [0.7, 1, 70],
    [0.29, 1, 29],
  ])('%d of %d is %d percent: no more than was earned', (earned, max, percent) => {
    expect(scoreOf(short(earned, max)).percent).toBe(percent);
  });

  it('sums fractions as people do', () => {
    expect(scoreOf([check(0.1), check(0.2)])).toEqual({ earned: 0.3, max: 0.3, percent: 100 });
  });

  it('of nothing is 0', () => {
    expect(scoreOf([])).toEqual({ earned: 0, max: 0, percent: 0 });
    expect(outcomeOf([], 70)).toBe('failed');
    expect(outcomeOf([], 0)).toBe('passed');
  });

  it.each([
    [163, 233, 'failed'],
    [7, 10, 'passed'],
    [0.7, 1, 'passed'],
    [69.999_999, 100, 'failed'],
    [2.1, 3, 'passed'],
  ])('%d of %d has %s where 70 percent are asked for', (earned, max, outcome) => {
    expect(outcomeOf(short(earned, max), 70)).toBe(outcome);
  });

  it('that is 0 passes where nothing is asked for', () => {
    expect(outcomeOf(short(0, 10), 0)).toBe('passed');
  });
});
