import type { RunEvent } from '../../core/event.ts';
import type { CheckResult } from '../../core/report.ts';
import { duration, seconds } from './duration.ts';
import type { Page } from './page.ts';
import { markOf } from './table.ts';
import { padEnd } from './width.ts';
import { wrap } from './wrap.ts';

export interface PermanentOptions {
  /** A line for each finished check; a live view counts them instead. */
  checks: boolean;
  /** What the app writes, as it comes. */
  log: boolean;
  /** Columns of a terminal; a file's lines are as long as they are. */
  columns?: number;
}

/** The line that an event leaves behind for good, if any. */
export function permanentLine(
  event: RunEvent,
  page: Page,
  { checks, log, columns = Number.POSITIVE_INFINITY }: PermanentOptions,
): string | undefined {
  const { paint, line } = page;
  switch (event.type) {
    case 'run:started':
      return wrap(
        `Grading ${line(event.submission)}: ${line(event.lab.title)}, seed ${line(event.seed)}`,
        columns,
      ).join('\n');
    case 'note': {
      const [first, ...rest] = wrap(line(event.text, 600), columns - 6);
      return [`${paint.yellow('Note')}  ${first}`, ...rest.map((more) => `      ${more}`)].join(
        '\n',
      );
    }
    case 'step:finished': {
      const mark = markOf(event.failed ? 'failed' : 'passed', page);
      return `${mark} ${line(event.title)}  ${paint.dim(seconds(event.durationMs))}`;
    }
    case 'check:finished':
      // What was skipped has not happened; the table says why.
      return checks && event.result.verdict !== 'skipped'
        ? checkLine(event.result, page)
        : undefined;
    case 'log': {
      const { source, text } = event.line;
      return log
        ? `${paint.dim(`${line(source, 20)} ${page.glyphs.column}`)} ${logText(text, page)}`
        : undefined;
    }
    default:
      return undefined;
  }
}

function checkLine(result: CheckResult, page: Page): string {
  const { paint, line } = page;
  const id = padEnd(line(result.id), 18);
  const aside = duration(result.durationMs);
  return `${markOf(result.verdict, page)} ${id}  ${line(result.title)} ${paint.dim(`(${aside})`)}`;
}

/** Indentation stays: a stack trace is read by it. */
function logText(text: string, page: Page): string {
  return page.clean(text, 1_000).replaceAll('\n', ' ').trimEnd();
}
