import { jsonText } from './parts/json-text.ts';
import type { Reporter } from './port.ts';

export interface NdjsonReporterOptions {
  /** Takes a line at a time, each as soon as it is known. */
  write(line: string): void;
  /** Called once after the last. */
  close?(): void | Promise<void>;
}

/** The events of a run as they come, one JSON document a line; the last one holds the report. */
export function createNdjsonReporter({ write, close }: NdjsonReporterOptions): Reporter {
  return {
    name: 'ndjson',
    onEvent: (event) => write(`${jsonText(event, 0)}\n`),
    finish: () => close?.(),
  };
}
