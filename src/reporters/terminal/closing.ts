import type { Report } from '../../core/report.ts';
import { againSentence, incompleteSentence, nextSentence, untriedSentence } from '../sentences.ts';
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
      ...prose(`Earned so far: ${pointsText(report)}. ${againSentence(report, page.line)}`),
      ...untried,
    ].filter((line) => line !== '');
  }
  return [
    ...scoreLines(report, page),
    ...untried,
    ...prose(nextSentence(report, page.line)),
  ].filter((line) => line !== '');
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
  const full = score.earned > 0 ? Math.max(1, cells(score.percent)) : 0;
  const mark = Math.min(width - 1, cells(lab.passingScore));
  const part = (from: number, to: number) =>
    tint(bar.full.repeat(Math.max(0, Math.min(to, full) - from))) +
    paint.dim(bar.empty.repeat(Math.max(0, to - Math.max(from, full))));
  return `${part(0, mark)}${paint.bold(bar.mark)}${part(mark + 1, width)}`;
}

function pointsText({ score }: Report): string {
  return `${score.earned} of ${count(score.max, 'point')}`;
}
