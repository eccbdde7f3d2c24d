import { resolve } from 'node:path';
import { readReport } from '../../catalog/report-file.ts';
import { ExitCode, environmentError } from '../../core/errors.ts';
import type { Host } from '../../platform/host.ts';
import { createReporters } from '../reporters/create.ts';

export interface ReportOptions {
  file: string;
  reporter: readonly string[];
  all: boolean;
  verbose: boolean;
}

/** Shows a stored report to whoever is named. 0 whatever the grade in it: nothing was graded here. */
export async function reportCommand(options: ReportOptions, host: Host): Promise<number> {
  const report = await readReport(resolve(host.cwd, options.file), host.cwd);
  const reporters = await createReporters({ ...options, autoReporter: false, live: false }, host);
  reporters.emit({ type: 'run:finished', report });
  const failures = await reporters.finish();
  if (failures.length > 0)
    throw environmentError(failures.join(' '), {
      hint: 'Name a file in a directory that can be written to.',
    });
  return ExitCode.passed;
}
