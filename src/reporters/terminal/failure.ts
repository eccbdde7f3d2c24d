import { describeExchange } from '../../core/exchange.ts';
import type { Evidence, Failure } from '../../core/failure.ts';
import type { CheckResult } from '../../core/report.ts';
import { clip } from './clip.ts';
import { count } from './duration.ts';
import { evidenceLines } from './evidence.ts';
import { exchangeLines, exchangeSummary } from './exchange.ts';
import type { DetailLimits } from './limits.ts';
import { contentWidth, labelled, type Page } from './page.ts';
import type { Style } from './style.ts';
import { padEnd, truncate, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

/** One failed check in full: what was done, expected and got, what bears it out, and the way on. */
export function failureLines(
  number: number,
  check: CheckResult,
  page: Page,
  limits: DetailLimits,
): string[] {
  return [
    ...titleLines(number, check, page),
    '',
    ...accountLines(check.failure ?? NOTHING_SAID, check, page, limits),
  ];
}

/** What was done, expected and got; the evidence; the way on. `check` is what the failure is of, if any. */
export function accountLines(
  failure: Failure,
  check: Pick<CheckResult, 'hint' | 'reference'> | undefined,
  page: Page,
  limits: DetailLimits,
): string[] {
  const said = (label: string, text: string, style: Style) => {
    if (text === '') return [];
    return labelled(
      page,
      label,
      clip(
        wrap(page.clean(text, limits.chars), contentWidth(page)),
        limits.sentenceLines,
        page,
      ).map(style),
    );
  };
  const { paint } = page;
  const sections = [
    [
      ...said('Did', failure.action, (text) => text),
      ...said('Expected', failure.expected, paint.green),
      ...said('Got', failure.actual, paint.red),
    ],
    ...evidenceSections(failure, page, limits),
    [
      ...said('Hint', failure.hint ?? check?.hint ?? '', (text) => text),
      ...(check === undefined ? [] : referenceLines(check, page)),
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

const NOTHING_SAID: Failure = {
  action: 'Tried what the check describes',
  expected: 'that it holds',
  actual: 'that it does not; the check recorded no more',
  evidence: [],
};

function titleLines(number: number, check: CheckResult, page: Page): string[] {
  const { paint, glyphs, width } = page;
  const [first = '', ...rest] = wrap(page.line(check.title), width - 3);
  const mark = padEnd(`${number}`, 3);
  const id = page.line(check.id);
  const aside = `${id} ${glyphs.separator} ${count(check.points, 'point')}`;
  const heading = [
    `${paint.red(mark)}${paint.bold(first)}`,
    ...rest.map((l) => `   ${paint.bold(l)}`),
  ];
  const last = heading.at(-1)!;
  if (widthOf(last) + 2 + widthOf(aside) <= width)
    return [...heading.slice(0, -1), `${last}  ${paint.dim(aside)}`];
  return [...heading, `   ${paint.dim(truncate(aside, width - 3, glyphs.ellipsis))}`];
}

/** The first exchanges are shown in full, the others in a line each: fifty parallel ones say no more. */
function evidenceSections(failure: Failure, page: Page, limits: DetailLimits): string[][] {
  const sections: string[][] = [];
  const summaries: string[] = [];
  let shown = 0;
  for (const evidence of failure.evidence) {
    if (evidence.kind !== 'exchange') sections.push(evidenceLines(evidence, page, limits));
    else if (shown++ < limits.exchanges)
      sections.push(exchangeLines(evidence.exchange, page, limits, contextOf(failure, evidence)));
    else summaries.push(exchangeSummary(evidence.exchange, page));
  }
  if (summaries.length > 0)
    sections.push(labelled(page, 'Also', clip(summaries, limits.lines, page)));
  return sections;
}

function contextOf(failure: Failure, { exchange }: Evidence & { kind: 'exchange' }) {
  return {
    mentions: `${failure.action}\n${failure.expected}\n${failure.actual}`.toLowerCase(),
    isAction: safeDescription(exchange) === failure.action,
  };
}

function safeDescription(exchange: Parameters<typeof describeExchange>[0]): string | undefined {
  try {
    return describeExchange(exchange);
  } catch {
    return undefined;
  }
}

/** The URL is never broken, so that a terminal can open it. */
function referenceLines({ reference }: Pick<CheckResult, 'reference'>, page: Page): string[] {
  const title = page.line(reference.title);
  const url = page.line(reference.url);
  const both = `${title} ${page.glyphs.dash} ${url}`;
  const lines =
    widthOf(both) <= contentWidth(page) ? [both] : [...wrap(title, contentWidth(page)), url];
  return labelled(
    page,
    'Read',
    lines.filter((line) => line !== ''),
  );
}
