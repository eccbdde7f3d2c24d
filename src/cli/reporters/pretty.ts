import { atomicFile } from '../../platform/atomic-file.ts';
import { firstLines } from '../../reporters/first-lines.ts';
import type { Reporter } from '../../reporters/port.ts';
import { createTerminalReporter } from '../../reporters/terminal/reporter.ts';
import { terminalTraits } from '../../reporters/terminal/terminal-traits.ts';
import type { ReporterContext } from './table.ts';

/** On standard output as the terminal likes it; in a file with all that Unicode has. */
export function makePretty({ host, console, file, all, verbose }: ReporterContext): Reporter {
  if (file === undefined) {
    const traits = terminalTraits(host.env, host.platform);
    return createTerminalReporter({ output: console.text, ...traits, all, verbose });
  }
  let text = '';
  const page = {
    write: (more: string) => {
      text += more;
    },
    isTerminal: false,
    columns: 100,
    colors: false,
  };
  const reporter = firstLines(
    createTerminalReporter({ output: page, unicode: true, all, verbose }),
  );
  return {
    ...reporter,
    finish: async () => {
      await reporter.finish?.();
      await atomicFile(file)(text);
    },
  };
}
