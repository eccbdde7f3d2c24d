import type { Report } from '../../core/report.ts';
import { count } from './duration.ts';
import { failureLines } from './failure.ts';
import { BRIEF, VERBOSE } from './limits.ts';
import type { Page } from './page.ts';
import { rule } from './rule.ts';
import { markOf } from './table.ts';
import { padEnd, truncate, widthOf } from './width.ts';
import { wrap } from './wrap.ts';

export interface FailuresOptions {
  verbose: boolean;
  /** How many are shown in full. */
  maxFailures: number;
}

/** The first failures in full, in the lab's order, and a line for each of the others. */
export function failuresLines(report: Report, page: Page, options: FailuresOptions): string[] {
  const failed = report.checks.filter((check) => check.verdict === 'failed');
  if (failed.length === 0) return [];
  const shown = failed.slice(0, options.maxFailures);
  const limits = options.verbose ? VERBOSE : BRIEF;
  const blocks = shown.flatMap((check, index) => [
    ...(index === 0 ? [] : ['']),
    ...failureLines(index + 1, check, page, limits),
  ]);
  return [
    rule(failed.length === 1 ? '1 failure' : `${failed.length} failures`, page),
    ...(blocks.length > 0 ? ['', ...blocks] : []),
    ...remainingLines(failed.slice(options.maxFailures), page),
    ...repeatHelp(report, page),
  ];
}

function repeatHelp({ submission }: Report, page: Page): string[] {
  if ('url' in submission) return [];
  const help = 'To repeat a request, start the app as the grader does: labs run';
  return ['', ...wrap(help, page.width).map((line) => page.paint.dim(line))];
}

function remainingLines(failed: Report['checks'], page: Page): string[] {
  if (failed.length === 0) return [];
  const { paint, glyphs, width } = page;
  const ids = failed.map((check) => page.line(check.id));
  const column = Math.min(30, Math.max(...ids.map(widthOf)));
  const lines = failed.map((check, index) => {
    const line = `${padEnd(ids[index]!, column)}  ${page.line(check.title)}`;
    return `  ${markOf('failed', page)} ${truncate(line, width - 4, glyphs.ellipsis)}`;
  });
  return [
    '',
    paint.bold(`And ${count(failed.length, 'more failure')}`),
    ...lines,
    ...ways(ids[0]!, page).map((way) => `    ${paint.dim(way)}`),
  ];
}

function ways(id: string, { width }: Page): string[] {
  const all = 'labs grade --all';
  const one = `labs grade --only ${id}`;
  const together = `All in full: ${all}    One: ${one}`;
  return together.length <= width - 4 ? [together] : [`All in full: ${all}`, `One: ${one}`];
}
