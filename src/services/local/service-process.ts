import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '../../core/errors.ts';
import { signalProcess } from '../../platform/process-table.ts';
import type { ServerUser } from './server-user.ts';

const LOG_LINES = 20;

export interface ServicePlan {
  /** For people: `Redis`. */
  name: string;
  file: string;
  args: readonly string[];
  cwd: string;
  user?: ServerUser | undefined;
  /** Of the run, by which its processes are found. */
  marker: Readonly<Record<string, string>>;
  /** The way on, if it ends by itself. */
  hint?: string;
}

/** A server's process. It has a session of its own: a Ctrl-C is for labs, not for it. */
export class ServiceProcess {
  readonly #child: ChildProcess;
  readonly #log: string[] = [];
  readonly #exit: Promise<void>;
  /** Rejects when the process ends, with the last lines of its log. */
  readonly ended: Promise<never>;

  constructor({ name, file, args, cwd, user, marker, hint }: ServicePlan) {
    this.#child = spawn(file, args, {
      ...(user && { uid: user.uid, gid: user.gid }),
      cwd,
      env: { LC_ALL: 'C', TZ: 'UTC', ...marker },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const input of [this.#child.stdout!, this.#child.stderr!])
      createInterface({ input }).on('line', (line) => {
        this.#log.push(line);
        if (this.#log.length > LOG_LINES) this.#log.shift();
      });
    const failure = (how: string) =>
      environmentError(`${name} ended by itself (${how}).`, {
        detail: this.#log.join('\n') || undefined,
        hint,
      });
    // `close` comes after the last of its log. A spawn that fails has neither.
    const failed = once(this.#child, 'close').then(
      ([code, signal]) => failure(signal === null ? `exit code ${code}` : `${signal}`),
      (error: unknown) => failure(messageOf(error)),
    );
    this.#exit = failed.then(() => {});
    this.ended = failed.then((error) => Promise.reject(error));
    this.ended.catch(() => {});
  }

  /** Undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Settles when it has ended, however it did. */
  get exit(): Promise<void> {
    return this.#exit;
  }

  get isOver(): boolean {
    const { pid, exitCode, signalCode } = this.#child;
    return pid === undefined || exitCode !== null || signalCode !== null;
  }

  /** SIGKILL to it and to what it forked; settles when it has ended. */
  async kill(): Promise<void> {
    if (!this.isOver) signalProcess(-this.#child.pid!, 'SIGKILL');
    await this.#exit;
  }

  /** Sends signals and waits; false if it is there all the same. */
  async endsBy(signals: readonly NodeJS.Signals[], withinMs: number): Promise<boolean> {
    for (const signal of signals) if (!this.isOver) signalProcess(this.#child.pid!, signal);
    const timer = new AbortController();
    const late = sleep(withinMs, false, { signal: timer.signal }).catch(() => false);
    try {
      return await Promise.race([this.#exit.then(() => true), late]);
    } finally {
      timer.abort();
    }
  }
}
