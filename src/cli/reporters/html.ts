import { displayPath } from '../../catalog/display-path.ts';
import { atomicFile } from '../../platform/atomic-file.ts';
import { htmlReport } from '../../reporters/html/page.ts';
import type { Reporter } from '../../reporters/port.ts';
import { createViewReporter } from '../../reporters/view.ts';
import type { ReporterContext } from './table.ts';

/** Says where the page is: it is to be opened. */
export function makeHtml({ name, host, file }: ReporterContext): Reporter {
  return createViewReporter({
    name,
    render: htmlReport,
    write: async (text) => {
      await atomicFile(file!)(text);
      host.stderr.write(`Wrote ${displayPath(file!, host.cwd)}\n`);
    },
  });
}
