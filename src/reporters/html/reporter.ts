import type { Report } from '../../core/report.ts';
import type { Reporter } from '../port.ts';
import { htmlReport } from './page.ts';

export interface HtmlReporterOptions {
  /** Takes the whole page at once. */
  write(text: string): void | Promise<void>;
}

/** The report as one file for a browser; none if the run was aborted. */
export function createHtmlReporter({ write }: HtmlReporterOptions): Reporter {
  let report: Report | undefined;
  return {
    name: 'html',
    onEvent(event) {
      if (event.type === 'run:finished') report = event.report;
    },
    async finish() {
      if (report !== undefined) await write(htmlReport(report));
    },
  };
}
