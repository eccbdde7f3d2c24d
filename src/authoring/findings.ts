import type { DocumentedResponse } from '../core/contract.ts';
import { coverageOf } from './coverage.ts';
import { type CheckFlakes, flakesOf, type SubjectFlakes, unstartedOf } from './flakes.ts';
import { idleChecks, type KillMatrix, killMatrix, shadowedChecks } from './matrix/matrix.ts';
import type { LabResults } from './results.ts';

/** What the results of a lab come to. */
export interface Findings {
  lab: LabResults;
  matrix: KillMatrix;
  /** Grades that are not as they should be. */
  wrong: number;
  /** Checks that no mutant made fail; none where not every mutant was tried. */
  idle: readonly string[];
  /** Checks that fail only together with one before them. */
  shadowed: readonly string[];
  /** How often subjects were graded, at most. */
  repeats: number;
  flakes: readonly CheckFlakes[];
  /** Subjects that did not start each time, or could not be graded. */
  unstarted: readonly SubjectFlakes[];
  /** Undefined where no solution was graded, or not every subject. */
  coverage: { documented: number; unseen: readonly DocumentedResponse[] } | undefined;
}

export function findingsOf(lab: LabResults): Findings {
  const matrix = killMatrix(lab);
  const isOwn = (id: string) => lab.own.includes(id);
  const perSubject = Map.groupBy(lab.results, ({ kind, name }) => `${kind} ${name}`);
  return {
    lab,
    matrix,
    wrong: lab.results.filter(({ problems }) => problems.length > 0).length,
    idle: lab.whole ? idleChecks(matrix).filter(isOwn) : [],
    shadowed: lab.whole ? shadowedChecks(matrix).filter(isOwn) : [],
    repeats: Math.max(0, ...[...perSubject.values()].map((runs) => runs.length)),
    flakes: flakesOf(
      lab.results,
      lab.checks.map(({ id }) => id),
    ),
    unstarted: unstartedOf(lab.results),
    coverage: lab.whole ? coverageOf(lab) : undefined,
  };
}
