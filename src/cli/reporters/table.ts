import { HTML_REPORT, type Report } from '../../core/report.ts';
import type { Host } from '../../platform/host.ts';
import type { Reporter } from '../../reporters/port.ts';
import type { WorkflowConsole } from './workflow-console.ts';

/** A reporter that can be asked for by name. What it takes is loaded when it is made. */
export interface ReporterKind {
  /** Who reads it, in a few words. */
  help: string;
  /** Where it goes if no file is named; standard output if nothing is said here. */
  defaultFile?: string;
  /** What it writes there: a document has it to itself. `document` if nothing is said here. */
  stdout?: 'text' | 'document' | 'nothing';
  /** True where only a run that goes on has what it tells. */
  live?: true;
  make(context: ReporterContext): Promise<Reporter>;
}

export interface ReporterContext {
  name: string;
  host: Host;
  /** Where standard output may be read by a runner that takes commands. */
  console: WorkflowConsole;
  /** Absolute; undefined for standard output. */
  file: string | undefined;
  all: boolean;
  verbose: boolean;
  /** True where a document has standard output to itself. */
  quiet: boolean;
}

/** In the order in which help shows them. */
export const REPORTERS: Readonly<Record<string, ReporterKind>> = {
  pretty: {
    help: 'people',
    stdout: 'text',
    make: async (context) => (await import('./pretty.ts')).makePretty(context),
  },
  html: {
    help: 'people, in a browser: one page that loads nothing',
    defaultFile: HTML_REPORT,
    make: async (context) => (await import('./html.ts')).makeHtml(context),
  },
  json: view('the full record, for labs report and labs compare', async () => {
    const { json } = await import('../../reporters/json.ts');
    return json;
  }),
  ndjson: {
    help: 'the events of a run as they come, one JSON document a line',
    live: true,
    make: async (context) => (await import('./ndjson.ts')).makeNdjson(context),
  },
  junit: view('JUnit XML: GitLab, Jenkins', async () => {
    const { junit } = await import('../../reporters/junit.ts');
    return junit;
  }),
  markdown: view('GitHub Flavored Markdown: pull requests, issues', async () => {
    const { markdown } = await import('../../reporters/markdown.ts');
    return markdown;
  }),
  ctrf: view('Common Test Report Format', async () => {
    const { ctrf } = await import('../../reporters/ctrf.ts');
    return ctrf;
  }),
  check50: view('JSON as check50 writes it', async () => {
    const { check50 } = await import('../../reporters/check50.ts');
    return check50;
  }),
  github: {
    help: 'GitHub Actions: annotations, step summary, outputs',
    stdout: 'text',
    make: async (context) => (await import('./github.ts')).makeGithub(context),
  },
  'github-classroom': {
    help: 'the Classroom reporter of GitHub Actions: LABS_RESULTS',
    stdout: 'nothing',
    make: async (context) => (await import('./github.ts')).makeGithubClassroom(context),
  },
  classroom50: {
    help: 'Classroom 50',
    defaultFile: 'result.json',
    make: async (context) => {
      const { classroom50, classroom50Submission } = await import('../../reporters/classroom50.ts');
      const submission = classroom50Submission(context.host.env);
      return makeView(context, (report) => classroom50(report, submission));
    },
  },
  gradescope: {
    ...view('Gradescope', async () => {
      const { gradescope } = await import('../../reporters/gradescope.ts');
      return gradescope;
    }),
    defaultFile: '/autograder/results/results.json',
  },
  prairielearn: {
    ...view('PrairieLearn', async () => {
      const { prairielearn } = await import('../../reporters/prairielearn.ts');
      return prairielearn;
    }),
    defaultFile: '/grade/results/results.json',
  },
};

type Render = (report: Report) => string | undefined;

/** A format that is a document made of the report alone. */
function view(help: string, load: () => Promise<Render>): ReporterKind {
  return { help, make: async (context) => makeView(context, await load()) };
}

async function makeView({ name, host, file }: ReporterContext, render: Render): Promise<Reporter> {
  const { createViewReporter } = await import('../../reporters/view.ts');
  const { atomicFile } = await import('../../platform/atomic-file.ts');
  return createViewReporter({
    name,
    render,
    write: file === undefined ? (text) => host.stdout.write(text) : atomicFile(file),
    onNothing: () =>
      host.stderr.write(
        `There is no grade, and ${name} has no way to say so: ${file ?? 'nothing'} was not written.\n`,
      ),
  });
}
