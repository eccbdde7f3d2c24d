import type { Report } from '../core/report.ts';
import type { Reporter } from './port.ts';

export interface ViewReporterOptions {
  name: string;
  /** Undefined where the format has nothing to say of such a report. */
  render(report: Report): string | undefined;
  /** Takes the whole document at once. */
  write(text: string): void | Promise<void>;
  /** Told where there was a report and nothing was written. */
  onNothing?(): void;
}

/** Writes a document once the run has its report; none if the run was aborted. */
export function createViewReporter({
  name,
  render,
  write,
  onNothing,
}: ViewReporterOptions): Reporter {
  let report: Report | undefined;
  return {
    name,
    onEvent(event) {
      if (event.type === 'run:finished') report = event.report;
    },
    async finish() {
      if (report === undefined) return;
      const text = render(report);
      if (text === undefined) onNothing?.();
      else await write(text);
    },
  };
}
