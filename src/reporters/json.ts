import type { Report } from '../core/report.ts';
import type { Reporter } from './port.ts';

export interface JsonReporterOptions {
  /** Takes the whole document at once: standard output's, or that of `atomicFile`. */
  write(text: string): void | Promise<void>;
}

/** The full record as one JSON document (`schemas/report.schema.json`); none if the run was aborted. */
export function createJsonReporter({ write }: JsonReporterOptions): Reporter {
  let report: Report | undefined;
  return {
    name: 'json',
    onEvent(event) {
      if (event.type === 'run:finished') report = event.report;
    },
    async finish() {
      if (report !== undefined) await write(`${JSON.stringify(report, null, 2)}\n`);
    },
  };
}
