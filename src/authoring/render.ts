import type { CheckInfo } from '../core/check.ts';
import type { Verified } from './verify.ts';

/** Rows for a table: a mark, what it is, its score, what caught it, how long it took. */
export function rowsOf(results: readonly Verified[], ok: string, wrong: string): string[][] {
  return results.map(({ subject, report, problems, durationMs }) => [
    problems.length === 0 ? ok : wrong,
    subject.kind,
    subject.name,
    report === undefined ? '–' : `${report.score.earned}/${report.score.max}`,
    `${(durationMs / 1000).toFixed(1)} s`,
    problems.length === 0
      ? expectation(subject.kind, report?.checks.filter(failed).map(idOf) ?? [])
      : 'see below',
  ]);
}

function expectation(kind: Verified['subject']['kind'], caughtBy: readonly string[]): string {
  if (kind === 'mutant') return `caught by ${caughtBy.join(', ')}`;
  return kind === 'solution' ? 'full marks' : 'below a quarter';
}

/** Checks that no mutant made fail: nothing shows that they can. */
export function unkilled(results: readonly Verified[], checks: readonly CheckInfo[]): string[] {
  const killed = new Set(
    results
      .filter(({ subject }) => subject.kind === 'mutant')
      .flatMap(({ report }) => report?.checks.filter(failed).map(idOf) ?? []),
  );
  return checks.map(idOf).filter((id) => !killed.has(id));
}

const failed = ({ verdict }: { verdict: string }) => verdict === 'failed';
const idOf = ({ id }: { id: string }) => id;
