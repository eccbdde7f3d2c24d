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
  /** Earned of max, 0–100, to one decimal. */
  percent: number;
}

export type Outcome = 'passed' | 'failed' | 'incomplete';

export function scoreOf(results: readonly Scored[]): Score {
  const gradable = results.filter((result) => result.gradable);
  const max = sum(gradable.map((result) => result.points));
  const earned = sum(gradable.filter((r) => r.verdict === 'passed').map((r) => r.points));
  return { earned, max, percent: max === 0 ? 0 : Math.round((earned / max) * 1000) / 10 };
}

/** An errored check makes the report incomplete: it is then not a grade, whatever was earned. */
export function outcomeOf(results: readonly Scored[], passingScore: number): Outcome {
  if (results.some((result) => result.verdict === 'errored')) return 'incomplete';
  return scoreOf(results).percent >= passingScore ? 'passed' : 'failed';
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
