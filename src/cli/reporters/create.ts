import { resolve } from 'node:path';
import { didYouMean } from '../../catalog/nearest.ts';
import { usageError } from '../../core/errors.ts';
import type { Emit } from '../../core/event.ts';
import type { Host } from '../../platform/host.ts';
import type { Reporter } from '../../reporters/port.ts';
import { automaticReporters } from './automatic.ts';
import { REPORTERS, type ReporterKind } from './table.ts';
import { workflowConsole } from './workflow-console.ts';

export interface ReporterOptions {
  /** `pretty`, `json`, `json=report.json`. */
  reporter: readonly string[];
  all: boolean;
  verbose: boolean;
  /** Adds what the place wants in which labs runs. */
  autoReporter: boolean;
  /** False where the report is already there: no events come but the last. */
  live?: boolean;
}

export interface Reporters {
  emit: Emit;
  /** There will be no report. */
  abort(reason: string): void;
  /** Never rejects. Resolves to what could not be written, in sentences. */
  finish(): Promise<string[]>;
}

interface Wanted {
  name: string;
  kind: ReporterKind;
  /** As after `=`. */
  file: string | undefined;
}

/**
 * The reporters that were asked for, `pretty` where none was, and those that the place wants.
 * @throws {LabsError} usage: one is unknown, lacks what it needs, or would spoil another's output
 */
export async function createReporters(options: ReporterOptions, host: Host): Promise<Reporters> {
  const { reporter, all, verbose, live = true } = options;
  const asked = (reporter.length === 0 ? ['pretty'] : reporter).map(parse);
  refuseMixed(asked);
  if (!live) refuseLive(asked);
  const wanted = [...asked, ...(options.autoReporter ? await automatic(asked, host) : [])];
  const console = workflowConsole(host);
  const quiet = asked.some((one) => outputOf(one) === 'document');
  const reporters: Reporter[] = [];
  for (const { name, kind, file = kind.defaultFile } of wanted)
    reporters.push(
      await kind.make({
        name,
        host,
        console,
        file: file === undefined ? undefined : resolve(host.cwd, file),
        all,
        verbose,
        quiet,
      }),
    );
  const { multiplex } = await import('../../reporters/multiplexer.ts');
  const failures: string[] = [];
  const together = multiplex(reporters, (message) => {
    failures.push(message);
    if (live) host.stderr.write(`${message}. The grade stands.\n`);
  });
  return {
    emit: (event) => together.onEvent(event),
    abort: (reason) => together.onAbort(reason),
    finish: async () => {
      await together.finish();
      console.close();
      return failures;
    },
  };
}

function parse(text: string): Wanted {
  const [name = '', ...rest] = text.split('=');
  const file = rest.length === 0 ? undefined : rest.join('=');
  const names = Object.keys(REPORTERS);
  if (!Object.hasOwn(REPORTERS, name))
    throw usageError(
      `--reporter ${text}: there is no reporter "${name}"${didYouMean(name, names) || '.'}`,
      { hint: `There are: ${names.join(', ')}.` },
    );
  if (file === '')
    throw usageError(`--reporter ${text}: expected a file after the "=".`, {
      hint: `For example \`--reporter ${name}=labs-${name}\`.`,
    });
  return { name, kind: REPORTERS[name]!, file };
}

function outputOf({ kind, file = kind.defaultFile }: Wanted): NonNullable<ReporterKind['stdout']> {
  return file === undefined ? (kind.stdout ?? 'document') : 'nothing';
}

function refuseMixed(asked: readonly Wanted[]): void {
  const toStdout = asked.filter((one) => outputOf(one) !== 'nothing');
  const documents = toStdout.filter((one) => outputOf(one) === 'document');
  const twice = toStdout.filter(({ name }, at) => toStdout.findIndex((o) => o.name === name) < at);
  if (documents.length > 0 && toStdout.length > 1)
    throw usageError(
      `--reporter: ${toStdout.map(({ name }) => name).join(' and ')} would both write to stdout.`,
      {
        hint: 'Give all but one a file: `--reporter json=report.json`.',
      },
    );
  if (twice[0] !== undefined)
    throw usageError(`--reporter ${twice[0].name}: it is named twice.`, {
      hint: 'Leave one out, or give it a file.',
    });
}

function refuseLive(asked: readonly Wanted[]): void {
  for (const { name, kind } of asked)
    if (kind.live)
      throw usageError(
        `--reporter ${name}: it tells ${kind.help}, and a stored report has no events any more.`,
        { hint: `Ask for it with the run: \`labs grade --reporter ${name}=<file>\`.` },
      );
}

/** Those that are not asked for already; said in one line, so that nobody wonders. */
async function automatic(asked: readonly Wanted[], host: Host): Promise<Wanted[]> {
  const found = (await automaticReporters(host.env)).filter(
    ({ name }) => !asked.some((one) => one.name === name),
  );
  if (found.length === 0) return [];
  const said = found.map(({ place, name, file }) => `${name}${file ? `=${file}` : ''} (${place})`);
  host.stderr.write(`Also reporting as ${said.join(', ')}; --no-auto-reporter stops that.\n`);
  return found.map(({ name, file }) => ({ name, kind: REPORTERS[name]!, file }));
}
