import type { CheckResult, Report } from '../../core/report.ts';
import { clip } from './clip.ts';
import { count } from './duration.ts';
import { contentWidth, labelled, type Page } from './page.ts';
import { markOf } from './table.ts';
import { wrap } from './wrap.ts';

/** The checks that we could not try: what happened, and that it is nobody's fault but ours. */
export function erroredLines(report: Report, page: Page): string[] {
  const errored = report.checks.filter((check) => check.verdict === 'errored');
  if (errored.length === 0) return [];
  const { paint } = page;
  const heading = `Not your fault: ${count(errored.length, 'check')} could not be tried`;
  return [
    ...wrap(heading, page.width).map((line) => paint.yellow(paint.bold(line))),
    ...errored.flatMap((check) => ['', ...checkLines(check, page)]),
  ];
}

function checkLines(check: CheckResult, page: Page): string[] {
  const { kind, message, detail } = check.error ?? {
    kind: 'bug',
    message: 'no reason was recorded',
  };
  const columns = contentWidth(page);
  const why = wrap(page.clean(message, 1_000), columns);
  const more = detail === undefined ? [] : wrap(page.clean(detail, 2_000).trimEnd(), columns);
  return [
    ` ${markOf('errored', page)} ${page.line(check.title)}  ${page.paint.dim(page.line(check.id))}`,
    ...labelled(page, kind === 'environment' ? 'Machine' : 'Grader', clip(why, 8, page)),
    ...labelled(page, '', clip(more, 12, page).map(page.paint.dim)),
  ];
}
