import { displayPath } from '../../catalog/display-path.ts';
import { atomicFile } from '../../platform/atomic-file.ts';
import { createHtmlReporter } from '../../reporters/html/reporter.ts';
import type { Reporter } from '../../reporters/port.ts';
import type { ReporterContext } from './table.ts';

/** Says where the page is: it is to be opened. */
export function makeHtml({ host, file }: ReporterContext): Reporter {
  return createHtmlReporter({
    write: async (text) => {
      await atomicFile(file!)(text);
      host.stderr.write(`Wrote ${displayPath(file!, host.cwd)}\n`);
    },
  });
}
