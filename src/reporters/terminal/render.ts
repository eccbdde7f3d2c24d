import type { Report } from '../../core/report.ts';
import { repeatable } from '../repeatable.ts';
import { closingLines } from './closing.ts';
import { erroredLines } from './errored.ts';
import { failuresLines } from './failures.ts';
import { headerLines } from './header.ts';
import { createPage, type PageOptions } from './page.ts';
import { startupLines } from './startup.ts';
import { tableLines } from './table.ts';

export interface RenderOptions extends PageOptions {
  /** Shows bodies, logs and headers at length. */
  verbose: boolean;
  /** How many failures are shown in full; the others get a line each. */
  maxFailures: number;
}

export const DEFAULT_MAX_FAILURES = 3;

/** The report as a terminal shows it, ending in a newline. Never throws, however odd the report. */
export function renderReport(original: Report, options: RenderOptions): string {
  const report = repeatable(original);
  const page = createPage(options);
  const sections = [
    headerLines(report, page),
    report.startup === undefined ? tableLines(report, page, options.verbose) : [],
    startupLines(report, page, options.verbose),
    failuresLines(report, page, options),
    erroredLines(report, page),
    closingLines(report, page),
  ];
  const lines = sections
    .filter((section) => section.length > 0)
    .flatMap((section, index) => (index === 0 ? section : ['', ...section]));
  return `${lines.join('\n')}\n`;
}
