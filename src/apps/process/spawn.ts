import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { errorCode } from '../../core/errors.ts';
import type { LogLine } from '../../core/log.ts';
import type { Command } from '../../core/submission.ts';
import { signalProcess } from '../../platform/process-table.ts';
import { readLines } from '../log-lines.ts';
import type { Exit } from '../port.ts';

export interface SpawnOptions {
  command: Command;
  cwd: string;
  env: Readonly<Record<string, string>>;
  /** Goes with each line: `web.1`, `install`. */
  source: string;
  now: () => number;
  onLog(line: LogLine): void;
}

/** Pipes are read a moment after their writer has ended. */
const LAST_LINES_MS = 250;

/** A program in a process group of its own. */
export interface Group {
  readonly pid: number;
  /** Settles when the main process has ended, whatever its descendants do. */
  readonly exited: Promise<Omit<Exit, 'forced'>>;
  /** Settles when its last lines have come; soon after its end at the latest, since a descendant may hold the pipes. */
  readonly drained: Promise<void>;
  /** To the main process alone. */
  signalLeader(signal: NodeJS.Signals): void;
  /** To the whole group. */
  signalGroup(signal: NodeJS.Signals): void;
}

/** The program could not be started at all. */
export class SpawnError extends Error {
  override readonly name = 'SpawnError';
  readonly code: string | undefined;

  constructor(message: string, code: string | undefined) {
    super(message);
    this.code = code;
  }
}

/** Undefined where there is no such program. */
export function problemOf({ code, message }: SpawnError): string | undefined {
  return code === 'ENOENT' ? undefined : message;
}

/** @throws {SpawnError} no such program, or it may not be run */
export async function spawnGroup(options: SpawnOptions): Promise<Group> {
  const [file, ...args] = options.command;
  const child = execa(file, args, {
    cwd: options.cwd,
    env: options.env,
    extendEnv: false,
    detached: true,
    stdin: 'ignore',
    buffer: false,
    reject: false,
    // The run's own teardown ends the group; execa's would end the main process alone.
    cleanup: false,
  });
  const exited = new Promise<Omit<Exit, 'forced'>>((resolve) => {
    child.nodeChildProcess.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const origin = { source: options.source, now: options.now };
  readLines(child.stdout, { ...origin, stream: 'stdout' }, options.onLog);
  readLines(child.stderr, { ...origin, stream: 'stderr' }, options.onLog);
  const read = [child.stdout, child.stderr].map(
    (stream) => new Promise<void>((resolve) => stream.once('close', resolve)),
  );
  const drained = exited.then(async () => {
    await Promise.race([Promise.all(read), sleep(LAST_LINES_MS, undefined, { ref: false })]);
  });
  const { pid } = child;
  if (pid === undefined) {
    const { originalMessage, cause } = await child;
    throw new SpawnError(originalMessage ?? `${file} could not be started`, errorCode(cause));
  }
  return {
    pid,
    exited,
    drained,
    signalLeader: (signal) => void signalProcess(pid, signal),
    signalGroup: (signal) => void signalProcess(-pid, signal),
  };
}
