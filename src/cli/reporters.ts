import { resolve } from 'node:path';
import { messageOf, usageError } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import { HTML_REPORT } from '../core/report.ts';
import type { Host } from '../platform/host.ts';
import type { Reporter } from '../reporters/port.ts';

export interface ReporterOptions {
  /** `pretty`, `json`, `json=report.json`, `html`. */
  reporter: readonly string[];
  all: boolean;
  verbose: boolean;
}

const NAMES = ['pretty', 'json', 'html'];

/** Of those that do not write to stdout. */
const DEFAULT_FILES: Readonly<Record<string, string>> = { html: HTML_REPORT };

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
  const all = multiplex(reporters, (name, error) =>
    host.stderr.write(`The ${name} report failed, the grade did not: ${messageOf(error)}\n`),
  );
  return { emit: (event) => all.onEvent(event), finish: async () => all.finish() };
}

function parse(text: string): { name: string; file: string | undefined } {
  const [name = '', ...rest] = text.split('=');
  const file = rest.length === 0 ? DEFAULT_FILES[name] : rest.join('=');
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
  const output = file === undefined ? host.stdout : undefined;
  const path = resolve(host.cwd, file ?? '');
  const { atomicFile } = await import('../platform/atomic-file.ts');
  if (name === 'json') {
    const { createJsonReporter } = await import('../reporters/json.ts');
    return createJsonReporter({
      write: output === undefined ? atomicFile(path) : (text) => output.write(text),
    });
  }
  if (name === 'html') {
    const { createHtmlReporter } = await import('../reporters/html/reporter.ts');
    return createHtmlReporter({
      write: async (text) => {
        await atomicFile(path)(text);
        host.stderr.write(`Wrote ${file}\n`);
      },
    });
  }
  const { createTerminalReporter } = await import('../reporters/terminal/reporter.ts');
  const { terminalTraits } = await import('../reporters/terminal/terminal-traits.ts');
  const traits = terminalTraits(host.env, host.platform);
  if (output !== undefined) return createTerminalReporter({ output, ...traits, all, verbose });
  let text = '';
  const page = {
    write: (more: string) => {
      text += more;
    },
    isTerminal: false,
    columns: 100,
    colors: false,
  };
  const reporter = createTerminalReporter({ output: page, unicode: true, all, verbose });
  return {
    ...reporter,
    finish: async () => {
      await reporter.finish?.();
      await atomicFile(path)(text);
    },
  };
}
