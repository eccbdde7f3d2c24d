import { randomBytes } from 'node:crypto';
import type { Host, Output } from '../../platform/host.ts';

/**
 * Standard output where a runner may read it for commands. GitHub Actions takes any line that begins
 * with `::`, after blanks, for one, and so would a learner's program write them through us.
 */
export interface WorkflowConsole {
  /** For what may hold a learner's text: the runner shows it and acts on nothing. */
  text: Output;
  /** For commands of ours, whole lines. */
  command(lines: string): void;
  /** Lets the runner act again on what comes after. */
  close(): void;
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions */
export function workflowConsole({ stdout, env }: Pick<Host, 'stdout' | 'env'>): WorkflowConsole {
  if (!inGithubActions(env))
    return { text: stdout, command: (lines) => stdout.write(lines), close: () => {} };
  let token: string | undefined;
  let atStart = true;
  const write = (text: string) => {
    if (text === '') return;
    stdout.write(text);
    atStart = text.endsWith('\n');
  };
  const resume = () => {
    if (token === undefined) return;
    write(`${atStart ? '' : '\n'}::${token}::\n`);
    token = undefined;
  };
  return {
    text: {
      write(text) {
        if (token === undefined) {
          // New each time, and unguessable: whoever knows it may turn commands on again.
          token = randomBytes(16).toString('hex');
          write(`::stop-commands::${token}\n`);
        }
        write(text);
      },
      isTerminal: stdout.isTerminal,
      columns: stdout.columns,
      colors: stdout.colors,
    },
    command(lines) {
      resume();
      write(lines);
    },
    close: resume,
  };
}

export function inGithubActions(env: Host['env']): boolean {
  return env['GITHUB_ACTIONS'] === 'true';
}

/**
 * Standard error, whose lines the runner reads in no fixed order with those of standard output: what
 * would be a command there, in the old form `##[…]` too, gets an invisible character within.
 */
export function withoutCommands(output: Output): Output {
  return {
    write: (text) =>
      output.write(text.replace(/^([^\S\n]*:)(?=:)/gm, '$1\u200b').replaceAll('##[', '##\u200b[')),
    isTerminal: output.isTerminal,
    columns: output.columns,
    colors: output.colors,
  };
}
