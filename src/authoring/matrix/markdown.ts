import { name } from '../coverage.ts';
import type { Findings } from '../findings.ts';
import { percent } from '../flakes.ts';
import type { Results } from '../results.ts';
import type { CellKind, MatrixMutant, MatrixStage } from './matrix.ts';

const SIGN: Readonly<Record<CellKind, string>> = {
  caught: '✔',
  missed: '**missed**',
  unnamed: '**✘**',
  errored: '**!**',
  skipped: '○',
  passed: '',
};

/** The kill matrices of all labs, a table a stage: as a whole they are wider than any page. */
export function matrixMarkdown(
  { interrupted, startedAt, version }: Results,
  findings: readonly Findings[],
): string {
  return [
    '# Kill matrix',
    '',
    `labs ${version}, ${startedAt}.${interrupted ? ' **Interrupted: what had been graded by then.**' : ''}`,
    '',
    'A column is a check, a row a mutant. ✔ it caught the mutant, as the mutant says; ○ skipped, because a check that it',
    'needs failed; **missed**: it should have; **✘** it failed, and the mutant does not say so; **!** it could not be tried.',
    ...findings.flatMap(labSection),
    '',
  ].join('\n');
}

function labSection(findings: Findings): string[] {
  const { lab, matrix, wrong } = findings;
  const checks = matrix.stages.flatMap((stage) => stage.checks);
  return [
    '',
    `## ${plainText(lab.title)} (${lab.id})`,
    '',
    `${lab.results.length} grades, ${wrong} not as expected. ${matrix.mutants.length} mutants, ${checks.length} checks${lab.quick ? '; of each mutant only what must catch it' : ''}.`,
    ...matrix.stages.flatMap((stage) => stageSection(stage, matrix.mutants)),
    ...problemsSection(findings),
    ...flakesSection(findings),
    ...gapsSection(findings),
  ];
}

/** Only mutants of which some check of the stage has something to say. */
function stageSection(stage: MatrixStage, mutants: readonly MatrixMutant[]): string[] {
  const ids = stage.checks.map(({ id }) => id);
  const concerned = mutants.filter(({ cells }) =>
    ids.some((id) => !['passed', 'skipped', undefined].includes(cells.get(id)?.kind)),
  );
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    '',
    `### ${plainText(stage.title)}`,
    '',
    row(['', ...ids.map((id) => `\`${id}\``)]),
    row(['---', ...ids.map(() => ':-:')]),
    ...concerned.map(({ name: mutant, cells }) =>
      row([mutant, ...ids.map((id) => signOf(cells.get(id)))]),
    ),
    row(['**caught**', ...stage.checks.map(({ caught }) => String(caught.length))]),
    row(['**alone**', ...stage.checks.map(({ alone }) => String(alone.length))]),
  ];
}

function signOf(cell: { kind: CellKind; failed: number; runs: number } | undefined): string {
  if (cell === undefined) return '';
  const share = cell.kind === 'missed' && cell.runs > 1 ? ` ${cell.failed}/${cell.runs}` : '';
  return `${SIGN[cell.kind]}${share}`;
}

function problemsSection({ lab }: Findings): string[] {
  const wrong = lab.results.filter(({ problems }) => problems.length > 0);
  if (wrong.length === 0) return [];
  return [
    '',
    '### Not as expected',
    '',
    ...wrong.flatMap(({ kind, name: subject, seed, problems }) =>
      problems.map((problem) => `- ${kind} ${subject} (seed ${seed}): ${plainText(problem)}`),
    ),
  ];
}

function flakesSection({ flakes, unstarted, repeats, lab }: Findings): string[] {
  if (repeats < 2) return [];
  return [
    '',
    `### Wrong verdicts in ${repeats} runs of each subject${lab.load ? ', with every core kept busy' : ''}`,
    '',
    '| check | wrong | runs | at most (95 %) | seeds |',
    '| --- | --: | --: | --: | --- |',
    ...unstarted.map(
      (of) =>
        `| ${of.subject} starts | ${of.wrong} | ${of.runs} | ${percent(of.atMost)} | ${of.seeds.join(' ')} |`,
    ),
    ...flakes
      .filter(({ runs }) => runs > 0)
      .map(({ id, wrong, runs, atMost, subjects }) => {
        const seeds = subjects.map((of) => `${of.subject}: ${of.seeds.join(' ')}`).join('; ');
        return `| \`${id}\` | ${wrong} | ${runs} | ${percent(atMost)} | ${seeds} |`;
      }),
  ];
}

function gapsSection({ idle, shadowed, coverage }: Findings): string[] {
  return [
    ...(idle.length > 0 ? ['', `No mutant makes these fail: ${codes(idle)}.`] : []),
    ...(shadowed.length > 0
      ? ['', `These fail only together with a check before them: ${codes(shadowed)}.`]
      : []),
    ...(coverage === undefined
      ? []
      : [
          '',
          `Solutions gave ${coverage.documented - coverage.unseen.length} of the ${coverage.documented} responses that the contract documents.${coverage.unseen.length > 0 ? ` Never: ${codes(coverage.unseen.map(name))}.` : ''}`,
        ]),
  ];
}

function codes(names: readonly string[]): string {
  return names.map((each) => `\`${each}\``).join(', ');
}

/** Text that an app or an author wrote, with nothing in it that Markdown or HTML would take up. */
function plainText(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|#~]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;');
}
