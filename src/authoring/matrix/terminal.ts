import { name } from '../coverage.ts';
import type { Findings } from '../findings.ts';
import { percent, type Rate } from '../flakes.ts';
import type { MatrixCheck } from './matrix.ts';

export interface Canvas {
  /** Columns of the terminal. */
  width: number;
  /** What a bar is made of, and what stands for what was left out. */
  bar: string;
  more: string;
}

const LONGEST_BAR = 12;

/**
 * The kill matrix by check: how many mutants it caught, how many of them nothing else did, and as
 * many of their names as fit.
 */
export function matrixLines({ matrix, lab }: Findings, canvas: Canvas): string[] {
  const checks = matrix.stages.flatMap((stage) => stage.checks);
  const ids = Math.max(...checks.map(({ id }) => id.length), 5);
  const most = Math.max(...checks.map(({ caught }) => caught.length), 1);
  const head = `  ${'CHECK'.padEnd(ids)}  CAUGHT  ALONE  ${''.padEnd(Math.min(most, LONGEST_BAR))}  MUTANTS`;
  return [
    `Kill matrix: ${matrix.mutants.length} mutants, ${checks.length} checks${lab.quick ? ' (quick: what each mutant names)' : ''}`,
    '',
    head,
    ...matrix.stages.flatMap((stage) => [
      stage.title,
      ...stage.checks.map((check) => checkLine(check, { ids, most, ...canvas })),
    ]),
  ];
}

function checkLine(
  { id, caught, first, alone }: MatrixCheck,
  { ids, most, width, bar, more }: Canvas & { ids: number; most: number },
): string {
  const room = Math.min(most, LONGEST_BAR);
  const length = caught.length === 0 ? 0 : Math.max(1, Math.round((caught.length / most) * room));
  const left = `  ${id.padEnd(ids)}  ${String(caught.length).padStart(6)}  ${String(alone.length).padStart(5)}  ${bar.repeat(length).padEnd(room)}  `;
  // Those that show most of what this check adds come first.
  const names = [...new Set([...alone, ...first, ...caught])];
  if (names.length === 0) return `${left}none`;
  return left + fitted(names, width - left.length, more);
}

/** `a, b, +7`: at least one name, whole names only. */
function fitted(names: readonly string[], room: number, more: string): string {
  for (let count = names.length; count > 0; count -= 1) {
    const rest = names.length - count;
    const text = names.slice(0, count).join(', ') + (rest > 0 ? `, +${rest}` : '');
    if (text.length <= room) return text;
  }
  const [first = ''] = names;
  const rest = names.length > 1 ? ` +${names.length - 1}` : '';
  const kept = room - rest.length - more.length;
  return kept > 3 ? `${first.slice(0, kept)}${more}${rest}` : `+${names.length}`.slice(0, room);
}

/** Which checks said something unexpected, how often, and the seeds; nothing where each ran once. */
export function flakeLines({ flakes, unstarted, repeats, lab }: Findings): string[] {
  if (repeats < 2) return [];
  const flaky = flakes.filter(({ wrong }) => wrong > 0);
  const steady = flakes.filter(({ wrong, runs }) => wrong === 0 && runs > 0);
  const fewest = steady.toSorted((a, b) => a.runs - b.runs)[0];
  const rows = [
    ...unstarted.map((of) => rowOf(`${of.subject} starts`, of, of.seeds)),
    ...flaky.flatMap((check) => [
      rowOf(check.id, check),
      ...check.subjects.map((of) => rowOf(`  ${of.subject}`, of, of.seeds)),
    ]),
  ];
  const head = ['', 'WRONG', 'RATE', 'AT MOST', 'SEEDS'];
  return [
    `Wrong verdicts in ${repeats} runs of each subject${lab.load ? ', with every core kept busy' : ''} (“at most”: with 95 % confidence)`,
    '',
    ...(rows.length === 0 ? ['  none'] : aligned([head, ...rows])),
    ...(fewest === undefined
      ? []
      : [
          `  Of the check without any that was tried least, at most ${percent(fewest.atMost)} are (0 of ${fewest.runs}).`,
        ]),
  ];
}

function rowOf(what: string, { wrong, runs, atMost }: Rate, seeds: readonly string[] = []) {
  return [what, `${wrong} of ${runs}`, percent(wrong / runs), percent(atMost), seeds.join(' ')];
}

function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column]!)).join('  ')}`.trimEnd(),
  );
}

/** What is not proved: checks without a mutant, responses that nothing provokes. */
export function gapLines({ idle, shadowed, coverage }: Findings, wrong: string): string[] {
  const lines = idle.map((id) => `${wrong} check ${id}: no mutant makes it fail`);
  if (shadowed.length > 0)
    lines.push(`Fail only together with a check before them: ${shadowed.join(', ')}`);
  if (coverage !== undefined) {
    const { documented, unseen } = coverage;
    lines.push(
      `Contract: ${documented - unseen.length} of ${documented} documented responses were given by a solution${unseen.length > 0 ? '; never:' : ''}`,
      ...unseen.map((response) => `  ${name(response)}`),
    );
  }
  return lines;
}
