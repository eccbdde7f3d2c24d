import type { StageInfo, Verdict } from '../../core/check.ts';
import type { CheckResult, Report } from '../../core/report.ts';
import { sum } from '../../core/score.ts';
import { foldSkipped, type SkippedGroup } from './fold-skipped.ts';
import type { Page } from './page.ts';
import type { Style } from './style.ts';
import { padEnd, padStart, truncate, widthOf } from './width.ts';

/** Every check by stage, with its points; a skipped one says why. */
export function tableLines(report: Report, page: Page, verbose: boolean): string[] {
  const stages = stagesOf(report).map(({ title, checks }) => ({
    ...(verbose ? { checks, skipped: [] } : foldSkipped(checks, report.checks)),
    title: page.line(title),
    points: subtotal(checks, page),
  }));
  const cells = stages.flatMap(({ checks, skipped, points }) => [
    points,
    ...checks.map((check) => pointsOf(check, page)),
    ...skipped.map((group) => groupPoints(group, page)),
  ]);
  const column = Math.max(0, ...cells.map(widthOf));
  return stages.flatMap(({ title, points, checks, skipped }, index) => [
    ...(index === 0 ? [] : ['']),
    row(page, column, { text: title, style: page.paint.bold, points }),
    ...checks.flatMap((check) => checkLines(check, page, column)),
    ...skipped.map((group) => groupLine(group, page, column)),
  ]);
}

/** A check whose stage the report does not name is still shown. */
function stagesOf({ stages, checks }: Report): (Pick<StageInfo, 'title'> & Checks)[] {
  const known = new Set(stages.map((stage) => stage.id));
  const strays = checks.filter((check) => !known.has(check.stage));
  return [
    ...stages.map(({ id, title }) => ({ title, checks: checks.filter((c) => c.stage === id) })),
    { title: 'Other', checks: strays },
  ].filter((stage) => stage.checks.length > 0);
}

interface Checks {
  checks: readonly CheckResult[];
}

function subtotal(checks: readonly CheckResult[], { glyphs }: Page): string {
  const gradable = checks.filter((check) => check.gradable);
  if (gradable.length === 0) return glyphs.dash;
  return `${sum(gradable.map((c) => c.earned))}/${sum(gradable.map((c) => c.points))}`;
}

function pointsOf(check: CheckResult, { glyphs }: Page): string {
  const earned = check.gradable && check.verdict !== 'errored' ? check.earned : glyphs.dash;
  return `${earned}/${check.points}`;
}

function checkLines(check: CheckResult, page: Page, column: number): string[] {
  const { paint } = page;
  const reason = check.verdict === 'skipped' ? page.line(check.skipped ?? 'skipped', 120) : '';
  const title = page.line(check.title);
  const room = page.width - column - 2 - 4;
  // The reason stands in for the id, on a line of its own where the title leaves no room.
  const beside = widthOf(title) + 2 + widthOf(reason) <= room;
  const line = row(page, column, {
    mark: markOf(check.verdict, page),
    text: title,
    style: check.verdict === 'skipped' ? paint.dim : (text) => text,
    detail: reason === '' ? page.line(check.id) : beside ? reason : '',
    points: pointsOf(check, page),
    pointsStyle: check.verdict === 'failed' ? paint.red : paint.dim,
  });
  if (reason === '' || beside) return [line];
  return [line, `    ${paint.dim(truncate(reason, page.width - 4, page.glyphs.ellipsis))}`];
}

interface Row {
  mark?: string;
  text: string;
  style: Style;
  /** Left out where there is no room. */
  detail?: string;
  points: string;
  pointsStyle?: Style;
}

function row(page: Page, column: number, cells: Row): string {
  const { mark, text, style, detail = '', points, pointsStyle = style } = cells;
  const indent = mark === undefined ? '' : `  ${mark} `;
  const room = page.width - column - 2 - (mark === undefined ? 0 : 4);
  const title = truncate(text, room, page.glyphs.ellipsis);
  const withDetail = detail !== '' && widthOf(title) + 2 + widthOf(detail) <= room;
  const left = style(title) + (withDetail ? `  ${page.paint.dim(detail)}` : '');
  return `${indent}${padEnd(left, room)}  ${pointsStyle(padStart(points, column))}`;
}

function groupLine(group: SkippedGroup, page: Page, column: number): string {
  return row(page, column, {
    mark: markOf('skipped', page),
    text: page.line(group.text, 160),
    style: page.paint.dim,
    points: groupPoints(group, page),
  });
}

function groupPoints({ checks, gradable }: SkippedGroup, { glyphs }: Page): string {
  return `${gradable ? 0 : glyphs.dash}/${sum(checks.map((c) => c.points))}`;
}

export function markOf(verdict: Verdict, { glyphs, paint }: Page): string {
  switch (verdict) {
    case 'passed':
      return paint.green(glyphs.passed);
    case 'failed':
      return paint.red(glyphs.failed);
    case 'skipped':
      return paint.dim(glyphs.skipped);
    case 'errored':
      return paint.yellow(glyphs.errored);
  }
}
