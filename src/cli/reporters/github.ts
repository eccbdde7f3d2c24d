import { appendFile } from 'node:fs/promises';
import { usageError } from '../../core/errors.ts';
import type { Report } from '../../core/report.ts';
import { atomicFile } from '../../platform/atomic-file.ts';
import { githubAbort, githubAnnotations, githubOutputs } from '../../reporters/github.ts';
import { githubClassroom } from '../../reporters/github-classroom.ts';
import { markdown } from '../../reporters/markdown.ts';
import type { Reporter } from '../../reporters/port.ts';
import { createViewReporter } from '../../reporters/view.ts';
import type { ReporterContext } from './table.ts';

/** Annotations on standard output, the rest into the files that the runner names. */
export function makeGithub(context: ReporterContext): Reporter {
  const { name, host, console, file, quiet } = context;
  if (file !== undefined)
    throw usageError(`--reporter github=…: it takes no file.`, {
      hint: 'It writes to the files that GITHUB_STEP_SUMMARY and GITHUB_OUTPUT name. For a page of your own: `--reporter markdown=<file>`.',
    });
  const { GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output } = host.env;
  let report: Report | undefined;
  return {
    name,
    onEvent(event) {
      if (event.type === 'run:finished') report = event.report;
    },
    onAbort(reason) {
      if (!quiet) console.command(githubAbort(reason));
    },
    async finish() {
      if (report === undefined) return;
      if (!quiet) console.command(githubAnnotations(report));
      if (output) await appendFile(output, githubOutputs(report));
      if (summary) await appendFile(summary, markdown(report));
    },
  };
}

/** For the steps that follow, through `GITHUB_ENV`, unless a file is named. */
export function makeGithubClassroom({ name, host, file }: ReporterContext): Reporter {
  const target = host.env['GITHUB_ENV'];
  if (file === undefined && !target)
    throw usageError(`--reporter github-classroom: GITHUB_ENV is not set.`, {
      hint: 'Run it in GitHub Actions, or name a file: `--reporter github-classroom=results.txt`.',
    });
  return createViewReporter({
    name,
    render: githubClassroom,
    write:
      file === undefined
        ? (text) => appendFile(target!, `LABS_RESULTS=${text}\n`)
        : (text) => atomicFile(file)(`${text}\n`),
  });
}
