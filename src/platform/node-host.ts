import { createInterface } from 'node:readline/promises';
import type { WriteStream } from 'node:tty';
import { interrupted } from '../core/errors.ts';
import { findDirectories } from './directories.ts';
import type { Host, Output } from './host.ts';

export interface NodeHost extends Host {
  /** As SIGTERM does. */
  stop(): void;
  /** Settles when all that was written has left. */
  flush(): Promise<void>;
}

/** The host of a real process: its streams, its signals. */
export function createHost(process: NodeJS.Process): NodeHost {
  const stdout = outputOf(process.stdout as WriteStream, process.env);
  const stderr = outputOf(process.stderr as WriteStream, process.env);
  const stopping = stoppedBy(process, stderr);
  return {
    cwd: process.cwd(),
    env: process.env,
    platform: process.platform,
    arch: process.arch,
    isRoot: process.getuid?.() === 0,
    stdout,
    stderr,
    ask: (question) => ask(process, question),
    signal: stopping.signal,
    stop: () => stopping.abort(interrupted()),
    directories: findDirectories(process.env, process.platform),
    flush: async () => {
      await Promise.all([process.stdout, process.stderr].map(drained));
    },
  };
}

function stoppedBy(process: NodeJS.Process, stderr: Output): AbortController {
  const controller = new AbortController();
  const stop = () => {
    if (controller.signal.aborted) stderr.write('Still cleaning up; it takes a few seconds.\n');
    controller.abort(interrupted());
  };
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, stop);
  // A launcher that is killed cannot pass a signal on; the channel to it closes instead.
  if (process.connected) {
    process.once('disconnect', stop);
    process.channel?.unref();
  }
  return controller;
}

function outputOf(stream: WriteStream, env: NodeJS.ProcessEnv): Output {
  // A reader that goes away (`labs list | head -1`) is no error of ours.
  stream.on('error', () => {});
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    get columns() {
      return stream.columns || Number(env['COLUMNS']) || 80;
    },
    colors: wantsColors(stream, env),
  };
}

/** https://no-color.org: set and not empty means no. FORCE_COLOR goes before it, as in Node.js. */
function wantsColors(stream: WriteStream, env: NodeJS.ProcessEnv): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined && force !== '') return force !== '0' && force !== 'false';
  if (env['NO_COLOR']) return false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}

async function ask(process: NodeJS.Process, question: string): Promise<string | undefined> {
  if (!process.stdin.isTTY) return undefined;
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

function drained(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    stream.write('', () => resolve());
  });
}
