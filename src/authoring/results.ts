import type { CheckInfo, StageInfo } from '../core/check.ts';
import type { DocumentedResponse } from '../core/contract.ts';
import type { CheckResult, Report, StepTiming } from '../core/report.ts';
import type { Score } from '../core/score.ts';
import type { Subject } from './subject.ts';

export const RESULTS_FORMAT = 'labs/verify/v1';

/** The record of a verification; every table and picture is a view of it. */
export interface Results {
  format: typeof RESULTS_FORMAT;
  /** Of labs. */
  version: string;
  startedAt: string;
  durationMs: number;
  /** True where it was stopped: what follows is what had been graded by then. */
  interrupted: boolean;
  /** Packs whose graders have type errors, as they were named. */
  mistyped: readonly string[];
  labs: readonly LabResults[];
}

export interface LabResults {
  id: string;
  title: string;
  /** SHA-256, hex, over manifest, contract, schema and the lab's own grader. */
  digest: string;
  /** Of mutants, only the checks that must catch them were tried. */
  quick: boolean;
  /** Every subject was graded: what no mutant was caught by can be told. */
  whole: boolean;
  /** Every core was kept busy meanwhile. */
  load: boolean;
  stages: readonly StageInfo[];
  checks: readonly Pick<CheckInfo, 'id' | 'title' | 'stage' | 'points'>[];
  /** Ids of the checks that the mutants are there for: all, but where packs add to a lab of another. */
  own: readonly string[];
  /** What the contract documents. */
  documented: readonly DocumentedResponse[];
  results: readonly SubjectResult[];
}

/** One subject, graded once. */
export interface SubjectResult {
  kind: Subject['kind'];
  name: string;
  /** Of a mutant. */
  mutant?: { solution: string; fault: string; caughtBy: readonly string[] };
  /** Gives the same random data again: `--only <name> --seed <seed>`. */
  seed: string;
  /** Empty if the grade is as it should be. */
  problems: readonly string[];
  /** True where the machine, not the lab, kept it from being graded in full. */
  environment?: boolean;
  durationMs: number;
  /** Absent, with what follows, where it could not be graded at all. */
  score?: Score;
  /** True where the app did not start, and no check was tried. */
  unstarted?: boolean;
  checks?: readonly CheckOutcome[];
  steps?: readonly StepTiming[];
  /** Of a solution: the documented responses that it gave. */
  seen?: readonly DocumentedResponse[];
}

/** What a run adds to what the lab says of a check. */
export type CheckOutcome = Omit<
  CheckResult,
  'title' | 'stage' | 'points' | 'needs' | 'hint' | 'reference'
>;

/** How results name a subject: `mutant forgets-rollback`. */
export function keyOf({ kind, name }: Pick<SubjectResult, 'kind' | 'name'>): string {
  return `${kind} ${name}`;
}

/** A check that this run did not ask for says nothing. */
export function wasTried({ verdict, gradable }: CheckOutcome): boolean {
  return gradable || verdict !== 'skipped';
}

/** @param whole keeps what a failure showed, which is long: for grades that are not as they should be */
export function outcomesOf({ checks }: Report, whole: boolean): CheckOutcome[] {
  return checks.map(
    ({ title: _, stage: _s, points: _p, needs: _n, hint: _h, reference: _r, ...outcome }) =>
      whole ? outcome : brief(outcome),
  );
}

function brief({ timeline: _, ...outcome }: CheckOutcome): CheckOutcome {
  if (outcome.failure === undefined) return outcome;
  return { ...outcome, failure: { ...outcome.failure, evidence: [] } };
}
