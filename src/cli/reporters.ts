import path from 'node:path';
import { usageError } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import type { Host } from '../platform/host.ts';
import type { Reporter } from '../reporters/port.ts';

export interface ReporterOptions {
  /** `pretty`, `json`, `json=report.json`. */
  reporter: readonly string[];
  all: boolean;
  verbose: boolean;
}

const NAMES = ['pretty', 'json'];

/** The reporters that were asked for; `pretty` where none was. */
export async function createReporters(
  options: ReporterOptions,
  host: Host,
): Promise<{ emit: Emit; finish(): Promise<void> }> {
  const wanted = (options.reporter.length === 0 ? ['pretty'] : options.reporter).map(parse);
  const toStdout = wanted.filter(({ file }) => file === undefined);
  if (toStdout.length > 1)
    throw usageError(
      `--reporter: ${toStdout.map(({ name }) => name).join(' and ')} would both write to stdout.`,
      { hint: 'Give all but one a file: `--reporter json=report.json`.' },
    );
  const reporters: Reporter[] = [];
  for (const { name, file } of wanted) reporters.push(await create(name, file, options, host));
  const { multiplex } = await import('../reporters/multiplexer.ts');
  const all = multiplex(reporters, (message) => host.stderr.write(`${message}\n`));
  return { emit: (event) => all.onEvent?.(event), finish: async () => all.finish?.() };
}

function parse(text: string): { name: string; file: string | undefined } {
  const [name = '', ...rest] = text.split('=');
  const file = rest.length === 0 ? undefined : rest.join('=');
  if (!NAMES.includes(name) || file === '')
    throw usageError(
      `--reporter ${text}: expected <name> or <name>=<file>; names: ${NAMES.join(', ')}.`,
    );
  return { name, file };
}

async function create(
  name: string,
  file: string | undefined,
  { all, verbose }: ReporterOptions,
  host: Host,
): Promise<Reporter> {
  void path;
  void file;
  void name;
  void all;
  void verbose;
  throw new Error('to be wired');
}
