import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { NO_RUNNER, root, sharedCache, stateBeside } from './cli.ts';

export interface Ended {
  code: number | null;
  signal: string | null;
  output: string;
}

export interface CommandOptions {
  cwd: string;
  runs: string;
  /** The Node.js that starts it; this one where nothing is said. */
  node?: string;
  env?: Readonly<Record<string, string>>;
  /** Runs `src` rather than what `npm run build` made of it. */
  source?: boolean;
}

/** The real command, as a user's shell would start it; it needs what `npm run build` makes. */
export function spawnLabs(
  args: readonly string[],
  { cwd, runs, node = process.execPath, env = {}, source = false }: CommandOptions,
): { child: ChildProcess; ended: Promise<Ended>; said(text: string): Promise<void> } {
  const child = spawn(
    node,
    [...(source ? ['--conditions=source'] : []), path.join(root, 'bin/labs.js'), ...args],
    {
      cwd,
      env: {
        ...process.env,
        ...NO_RUNNER,
        LABS_RUNS_DIR: runs,
        LABS_CACHE_DIR: sharedCache(),
        LABS_STATE_DIR: stateBeside(runs),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [child.stdout!, child.stderr!])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, output }) as Ended);
  // Of all that was said: a listener that is there now and then misses what comes in between.
  const said = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (output.includes(text)) resolve();
      };
      for (const stream of [child.stdout!, child.stderr!]) stream.on('data', look);
      look();
      ended.then(() => reject(new Error(`It ended without “${text}”:\n${output}`)), reject);
    });
  return { child, ended, said };
}
