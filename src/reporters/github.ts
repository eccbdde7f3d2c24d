import type { Report } from '../core/report.ts';
import { type Entry, entriesOf } from './parts/entries.ts';
import { escapeCommandData, escapeCommandProperty } from './parts/escape.ts';
import { safeText } from './parts/safe-text.ts';
import { outcomeSentence } from './sentences.ts';

/** GitHub shows ten errors and ten warnings of a step, and drops the others without a word. */
const MAX_ANNOTATIONS = 10;

/** Workflow commands, a line each: what failed as errors, what could not be tried as warnings. */
export function githubAnnotations(report: Report): string {
  const entries = entriesOf(report, 2_000);
  const of = (verdict: Entry['verdict']) => entries.filter((entry) => entry.verdict === verdict);
  const level = report.outcome === 'incomplete' ? 'warning' : 'notice';
  const errored = of('errored').slice(0, MAX_ANNOTATIONS - 1);
  const lines = [
    ...of('failed')
      .slice(0, MAX_ANNOTATIONS)
      .map((entry) => command('error', entry.title, entry)),
    ...errored.map((entry) => command('warning', `Not tried: ${entry.title}`, entry)),
    command(level, report.lab.title, { reason: outcomeSentence(report), detail: '' }),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** Why nothing was graded, beside the line of the file where an error names one. */
export function githubAbort(reason: string): string {
  const text = safeText(reason, 2_000);
  const [, file, line] = /^([^\s:]+\.ya?ml):(\d+):\d+: /.exec(text) ?? [];
  const place = file === undefined ? '' : `file=${escapeCommandProperty(file)},line=${line},`;
  return `::error ${place}title=Not graded::${escapeCommandData(text)}\n`;
}

function command(
  level: 'error' | 'warning' | 'notice',
  title: string,
  { reason, detail }: Pick<Entry, 'reason' | 'detail'>,
): string {
  const text = [reason, ...(detail === '' ? [] : ['', detail])].join('\n');
  return `::${level} title=${escapeCommandProperty(title)}::${escapeCommandData(text)}`;
}

/**
 * Lines for `GITHUB_OUTPUT`: numbers and words of ours alone. Where there is no grade, `score` and
 * `passed` are empty, so that no condition takes them for a 0 or a no.
 */
export function githubOutputs({ outcome, score }: Report): string {
  const graded = outcome !== 'incomplete';
  const outputs = {
    score: graded ? String(score.earned) : '',
    'max-score': String(score.max),
    passed: graded ? String(outcome === 'passed') : '',
    outcome,
  };
  return Object.entries(outputs)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}
