import type { Verdict } from './check.ts';

export interface Scored {
  verdict: Verdict;
  points: number;
  /** False where this run cannot try the check (`--against`): it counts neither way. */
  gradable: boolean;
}

export interface Score {
  earned: number;
  /** Points of the checks that this run could try. */
  max: number;
  /** Earned of max, 0–100, rounded down to one decimal: it never says more than was earned. */
  percent: number;
}

export type Outcome = 'passed' | 'failed' | 'incomplete';

/** What is short only for how a computer holds fractions is not short. */
const ALLOWANCE = 1 + 1e-9;

export function scoreOf(results: readonly Scored[]): Score {
  const gradable = results.filter((result) => result.gradable);
  const max = sum(gradable.map((result) => result.points));
  const earned = sum(gradable.filter((r) => r.verdict === 'passed').map((r) => r.points));
  const permille = max === 0 ? 0 : (earned * 1000) / max;
  return { earned, max, percent: Math.floor(permille * ALLOWANCE) / 10 };
}

/** An errored check makes the report incomplete: it is then not a grade, whatever was earned. */
export function outcomeOf(results: readonly Scored[], passingScore: number): Outcome {
  if (results.some((result) => result.verdict === 'errored')) return 'incomplete';
  const { earned, max } = scoreOf(results);
  if (max === 0) return passingScore === 0 ? 'passed' : 'failed';
  return earned * 100 * ALLOWANCE >= passingScore * max ? 'passed' : 'failed';
}

/** Of points, to a millionth: 0.1 and 0.2 are 0.3. */
export function sum(points: readonly number[]): number {
  return Math.round(points.reduce((total, each) => total + each, 0) * 1e6) / 1e6;
}
