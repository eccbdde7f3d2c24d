import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError, messageOf } from '../../core/errors.ts';
import { signalProcess } from '../../platform/process-table.ts';
import { backendsOf } from './backends.ts';
import type { ServerUser } from './server-user.ts';

const LOG_LINES = 20;
/** SIGINT disconnects clients and writes a checkpoint to memory. */
const FAST_MS = 3_000;
/** The server itself kills those of its processes that do not obey, after five seconds. */
const IMMEDIATE_MS = 6_000;

export interface ServerPlan {
  postgres: string;
  data: string;
  settings: Readonly<Record<string, string>>;
  user: ServerUser | undefined;
  /** Of the run, by which its processes are found. */
  marker: Readonly<Record<string, string>>;
}

/** The `postgres` process. It has a session of its own: a Ctrl-C is for labs, not for it. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly #log: string[] = [];
  readonly #exit: Promise<void>;
  /** Rejects when the process ends, with the last lines of its log. */
  readonly ended: Promise<never>;

  constructor({ postgres, data, settings, user, marker }: ServerPlan) {
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    this.#child = spawn(postgres, ['-D', data, ...flags], {
      ...(user && { uid: user.uid, gid: user.gid }),
      cwd: data,
      env: { LC_ALL: 'C', TZ: 'UTC', ...marker },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    createInterface({ input: this.#child.stderr! }).on('line', (line) => {
      this.#log.push(line);
      if (this.#log.length > LOG_LINES) this.#log.shift();
    });
    // `close` comes after the last of its log. A spawn that fails has neither.
    const failed = once(this.#child, 'close').then(
      ([code, signal]) => this.#failure(signal === null ? `exit code ${code}` : `${signal}`),
      (error: unknown) => this.#failure(messageOf(error)),
    );
    this.#exit = failed.then(() => {});
    this.ended = failed.then((error) => Promise.reject(error));
    this.ended.catch(() => {});
  }

  /** Ends it in at most ten seconds, politely first. */
  async stop(): Promise<void> {
    if (this.#child.pid === undefined || this.#over) return this.#exit;
    const { pid } = this.#child;
    signalProcess(pid, 'SIGINT');
    if (await this.#endsWithin(FAST_MS)) return;
    signalProcess(pid, 'SIGQUIT');
    signalProcess(pid, 'SIGCONT');
    if (await this.#endsWithin(IMMEDIATE_MS)) return;
    // Every session is served by a process in a group of its own: the parent's group is not enough.
    const backends = await backendsOf(pid);
    for (const each of [pid, ...backends]) signalProcess(each, 'SIGKILL');
    await this.#exit;
  }

  get #over(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async #endsWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    const late = sleep(ms, false, { signal: timer.signal }).catch(() => false);
    try {
      return await Promise.race([this.#exit.then(() => true), late]);
    } finally {
      timer.abort();
    }
  }

  #failure(how: string): Error {
    return environmentError(`Postgres ended by itself (${how}).`, {
      detail: this.#log.join('\n') || undefined,
      hint: 'If its files are damaged, “labs clean --cache” has them made anew.',
    });
  }
}
