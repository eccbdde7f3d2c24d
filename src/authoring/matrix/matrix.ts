import type { CheckOutcome, LabResults, SubjectResult } from '../results.ts';
import { wasTried } from '../results.ts';

/** Which check caught which mutant. */
export interface KillMatrix {
  stages: readonly MatrixStage[];
  mutants: readonly MatrixMutant[];
}

export interface MatrixStage {
  id: string;
  title: string;
  checks: readonly MatrixCheck[];
}

export interface MatrixCheck {
  id: string;
  title: string;
  points: number;
  /** Names of the mutants that it caught, each time. */
  caught: readonly string[];
  /** Those of them that no other check before it caught. */
  first: readonly string[];
  /** Those that no other check caught at all. */
  alone: readonly string[];
}

export interface MatrixMutant {
  name: string;
  fault: string;
  solution: string;
  /** By id of the check. */
  cells: ReadonlyMap<string, Cell>;
  /** Why it could not be graded, where it could not. */
  ungraded: readonly string[];
}

/** What a check made of a mutant; over several runs the worst of it. */
export interface Cell {
  kind: CellKind;
  /** The mutant says that the check must catch it. */
  isNamed: boolean;
  /** In how many of the runs that tried it it failed. */
  failed: number;
  runs: number;
  /** Of one run that failed, what was seen; or why it was skipped or errored. */
  why?: string;
}

export type CellKind =
  /** Named, and failed each time. */
  | 'caught'
  /** Named, and did not fail each time. */
  | 'missed'
  /** Failed without being named. */
  | 'unnamed'
  | 'errored'
  | 'skipped'
  | 'passed';

export function killMatrix({ stages, checks, results }: LabResults): KillMatrix {
  const mutants = [
    ...Map.groupBy(
      results.filter(({ mutant }) => mutant !== undefined),
      ({ name }) => name,
    ).values(),
  ].map(rowOf);
  const order = checks.map(({ id }) => id);
  const caughtBy = new Map(
    mutants.map(({ name, cells }) => [
      name,
      order.filter((id) => cells.get(id)?.kind === 'caught'),
    ]),
  );
  const named = (test: (by: readonly string[]) => boolean) =>
    mutants.map(({ name }) => name).filter((name) => test(caughtBy.get(name) ?? []));
  return {
    stages: stages
      .map(({ id, title }) => ({
        id,
        title,
        checks: checks
          .filter(({ stage }) => stage === id)
          .map((check) => ({
            id: check.id,
            title: check.title,
            points: check.points,
            caught: named((by) => by.includes(check.id)),
            first: named((by) => by[0] === check.id),
            alone: named((by) => by.length === 1 && by[0] === check.id),
          })),
      }))
      .filter((stage) => stage.checks.length > 0),
    mutants,
  };
}

/** Checks that no mutant which names them made fail, in any run: nothing shows that they can. */
export function idleChecks({ stages, mutants }: KillMatrix): string[] {
  const failed = new Set(
    mutants.flatMap(({ cells }) =>
      [...cells].filter(([, cell]) => cell.isNamed && cell.failed > 0).map(([id]) => id),
    ),
  );
  return checksOf(stages)
    .map(({ id }) => id)
    .filter((id) => !failed.has(id));
}

/** Checks that fail only together with one before them: nothing shows what they add. */
export function shadowedChecks({ stages }: KillMatrix): string[] {
  return checksOf(stages)
    .filter(({ caught, first }) => caught.length > 0 && first.length === 0)
    .map(({ id }) => id);
}

export function checksOf(stages: readonly MatrixStage[]): MatrixCheck[] {
  return stages.flatMap(({ checks }) => checks);
}

function rowOf(runs: readonly SubjectResult[]): MatrixMutant {
  const [{ name, mutant }] = runs as [SubjectResult, ...SubjectResult[]];
  const tries = runs.flatMap(({ checks }) => (checks ?? []).filter(wasTried));
  const cells = [...Map.groupBy(tries, ({ id }) => id)].map(
    ([id, outcomes]) => [id, cellOf(outcomes, mutant!.caughtBy.includes(id))] as const,
  );
  return {
    name,
    fault: mutant!.fault,
    solution: mutant!.solution,
    cells: new Map(cells),
    ungraded: runs.flatMap(({ checks, problems }) => (checks === undefined ? problems : [])),
  };
}

function cellOf(outcomes: readonly CheckOutcome[], isNamed: boolean): Cell {
  const of = (verdict: CheckOutcome['verdict']) => outcomes.filter((o) => o.verdict === verdict);
  const [failed, errored, skipped] = [of('failed'), of('errored'), of('skipped')];
  const kind = kindOf(isNamed, {
    all: outcomes.length,
    failed: failed.length,
    errored: errored.length,
    skipped: skipped.length,
  });
  const telling = kind === 'missed' ? (errored[0] ?? skipped[0]) : undefined;
  const why = whyOf(telling ?? errored[0] ?? failed[0] ?? skipped[0]);
  return {
    kind,
    isNamed,
    failed: failed.length,
    runs: outcomes.length,
    ...(why !== undefined && { why }),
  };
}

interface Counts {
  all: number;
  failed: number;
  errored: number;
  skipped: number;
}

function kindOf(isNamed: boolean, { all, failed, errored, skipped }: Counts): CellKind {
  if (errored > 0) return 'errored';
  if (isNamed) return failed === all ? 'caught' : 'missed';
  if (failed > 0) return 'unnamed';
  return skipped > 0 ? 'skipped' : 'passed';
}

function whyOf(outcome: CheckOutcome | undefined): string | undefined {
  if (outcome?.failure === undefined) return outcome?.error?.message ?? outcome?.skipped;
  const { action, expected, actual } = outcome.failure;
  return `${action}: expected ${expected}, got ${actual}`;
}
