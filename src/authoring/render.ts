import { keyOf, type SubjectResult } from './results.ts';

/** More would push the column out of a terminal; the matrix has them all. */
const NAMED = 3;

export interface Marks {
  ok: string;
  wrong: string;
  dash: string;
}

/** Rows for a table: a mark, what it is, its score, what caught it, how long it took. */
export function rowsOf(results: readonly SubjectResult[], { ok, wrong, dash }: Marks): string[][] {
  return results.map((result) => [
    result.problems.length === 0 ? ok : wrong,
    result.kind,
    result.name,
    result.score === undefined ? dash : `${result.score.earned}/${result.score.max}`,
    `${(result.durationMs / 1000).toFixed(1)} s`,
    result.problems.length === 0 ? asExpected(result) : 'see below',
  ]);
}

function asExpected({ kind, checks }: SubjectResult): string {
  if (kind === 'solution') return 'full marks';
  if (kind === 'template') return 'below a quarter';
  const failed = (checks ?? []).filter(({ verdict }) => verdict === 'failed').map(({ id }) => id);
  const more = failed.length > NAMED ? `, +${failed.length - NAMED}` : '';
  return `caught by ${failed.slice(0, NAMED).join(', ')}${more}`;
}

/** Of each subject that is not as it should be: what is wrong, and the seed that shows it. */
export function problemLines(results: readonly SubjectResult[]): string[] {
  return results
    .filter(({ problems }) => problems.length > 0)
    .flatMap((result) => [
      '',
      `${keyOf(result)} (seed ${result.seed})`,
      ...result.problems.map((problem) => `  ${problem.replaceAll('\n', '\n    ')}`),
    ]);
}
