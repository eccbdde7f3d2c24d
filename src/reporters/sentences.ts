import type { Report } from '../core/report.ts';
import { sum } from '../core/score.ts';
import { nextStep } from './next-step.ts';
import { count } from './terminal/duration.ts';

/** How the words of others are made fit to be shown. */
type Line = (text: string) => string;

/** `Passed: 82 of 100 points, 82 %; 70 % are needed.`, or that there is no grade. */
export function outcomeSentence(report: Report): string {
  const { score, lab, outcome } = report;
  if (outcome === 'incomplete') return `${incompleteSentence(report)} Nor is it a score of 0.`;
  const word = outcome === 'passed' ? 'Passed' : 'Not passed';
  const points = `${score.earned} of ${count(score.max, 'point')}`;
  return `${word}: ${points}, ${score.percent} %; ${lab.passingScore} % are needed.`;
}

export function incompleteSentence(report: Report): string {
  return `This is not a grade: ${erroredSentence(report)}`;
}

export function erroredSentence({ checks }: Report): string {
  const errored = checks.filter((check) => check.verdict === 'errored').length;
  return `${count(errored, 'check')} could not be tried, through no fault of yours.`;
}

export function againSentence({ checks, fingerprint }: Report, line: Line): string {
  const kinds = new Set(checks.map((check) => check.error?.kind));
  return [
    ...(kinds.has('environment')
      ? ['Mend what this machine lacks, then run labs grade again.']
      : []),
    ...(kinds.has('bug')
      ? [`Please report the fault of the grader, with the seed ${line(fingerprint.seed)}.`]
      : []),
  ].join(' ');
}

/** What this run could not try, as with `--against`. */
export function untriedSentence({ checks, submission }: Report): string {
  const untried = checks.filter((check) => !check.gradable);
  if (untried.length === 0) return '';
  const points = sum(untried.map((check) => check.points));
  const what = `${count(untried.length, 'check')} worth ${count(points, 'point')}`;
  return 'url' in submission
    ? `${what} could not be tried: they need control of the app and its services.`
    : `${what} ${untried.length === 1 ? 'was' : 'were'} not tried.`;
}

export function nextSentence(report: Report, line: Line): string {
  if (report.startup !== undefined)
    return `Start here: mend what stands above. ${waitSentence(report.checks.length, 'check')}`;
  const next = nextStep(report.checks);
  if (next === undefined) {
    const all = report.checks.length > 0 && report.checks.every((c) => c.verdict === 'passed');
    return all ? 'Every check passes. labs list shows what comes next.' : '';
  }
  const { id, title } = next.check;
  const why = next.blocks === 0 ? '' : ` ${waitSentence(next.blocks, 'other check')}`;
  const start = report.outcome === 'passed' ? 'Points are left' : 'Start here';
  return `${start}: ${line(title)} (${line(id)}).${why}`;
}

/** `3 checks wait for it.` */
export function waitSentence(blocks: number, noun: string): string {
  return `${count(blocks, noun)} ${blocks === 1 ? 'waits' : 'wait'} for it.`;
}
