import type { Report } from '../../core/report.ts';
import { nextStep } from '../next-step.ts';
import { count } from './duration.ts';
import type { Page } from './page.ts';
import { widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** The score on a bar, or that there is none, and one sentence on what to do next. */
export function closingLines(report: Report, page: Page): string[] {
  const prose = (text: string) => wrap(text, page.width);
  const untried = prose(untriedSentence(report));
  if (report.outcome === 'incomplete') {
    const { paint } = page;
    return [
      ...prose(incompleteSentence(report)).map((line) => paint.yellow(paint.bold(line))),
      ...prose(`Earned so far: ${pointsText(report)}. ${againSentence(report, page)}`),
      ...untried,
    ].filter((line) => line !== '');
  }
  return [...scoreLines(report, page), ...untried, ...prose(nextSentence(report, page))].filter(
    (line) => line !== '',
  );
}

function scoreLines(report: Report, page: Page): string[] {
  const { score, lab, outcome } = report;
  const { paint, glyphs } = page;
  const passed = outcome === 'passed';
  const tint = (text: string) => (passed ? paint.green(text) : paint.red(text));
  const word = passed ? 'Passed' : 'Not passed';
  const points =
    score.max === 100
      ? `${score.earned}/${score.max}`
      : `${score.earned}/${score.max} (${score.percent} %)`;
  const unit = score.max === 100 ? '' : ' %';
  const rest = ` ${glyphs.separator} passing score ${lab.passingScore}${unit}`;
  const text = widthOf(word) + widthOf(points) + widthOf(rest) + 6;
  const label = `${paint.bold(tint(word))}  ${paint.bold(points)}${paint.dim(rest)}`;
  const beside = page.width - text >= 16;
  const bar = scoreBar(report, page, beside ? Math.min(40, page.width - text) : page.width, tint);
  return beside ? [`${bar}  ${label}`] : [bar, label];
}

/** The mark stands where the passing score begins. */
function scoreBar(
  { score, lab }: Report,
  { glyphs: { bar }, paint }: Page,
  width: number,
  tint: (text: string) => string,
): string {
  const cells = (percent: number) =>
    Math.floor((Math.max(0, Math.min(100, percent)) / 100) * width);
  // Something earned is never an empty bar, something missing never a full one.
  const full = score.percent > 0 ? Math.max(1, cells(score.percent)) : 0;
  const mark = Math.min(width - 1, cells(lab.passingScore));
  const part = (from: number, to: number) =>
    tint(bar.full.repeat(Math.max(0, Math.min(to, full) - from))) +
    paint.dim(bar.empty.repeat(Math.max(0, to - Math.max(from, full))));
  return `${part(0, mark)}${paint.bold(bar.mark)}${part(mark + 1, width)}`;
}

function pointsText({ score }: Report): string {
  return `${score.earned} of ${count(score.max, 'point')}`;
}

function incompleteSentence({ checks }: Report): string {
  const errored = checks.filter((check) => check.verdict === 'errored').length;
  return `This is not a grade: ${count(errored, 'check')} could not be tried, through no fault of yours.`;
}

function againSentence({ checks, fingerprint }: Report, { line }: Page): string {
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
function untriedSentence({ checks, submission }: Report): string {
  const untried = checks.filter((check) => !check.gradable);
  if (untried.length === 0) return '';
  const points = untried.reduce((total, check) => total + check.points, 0);
  const what = `${count(untried.length, 'check')} worth ${count(points, 'point')}`;
  return 'url' in submission
    ? `${what} could not be tried: they need control of the app and its services.`
    : `${what} ${untried.length === 1 ? 'was' : 'were'} not tried.`;
}

function nextSentence(report: Report, page: Page): string {
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
  return `${start}: ${page.line(title)} (${page.line(id)}).${why}`;
}

function waitSentence(blocks: number, noun: string): string {
  return `${count(blocks, noun)} ${blocks === 1 ? 'waits' : 'wait'} for it.`;
}
