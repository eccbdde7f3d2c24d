import { signalProcess } from '../../platform/process-table.ts';
import { backendsOf } from './backends.ts';
import type { ServerUser } from './server-user.ts';
import { ServiceProcess } from './service-process.ts';

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

/** The `postgres` process. */
export class ServerProcess {
  readonly #process: ServiceProcess;

  constructor({ postgres, data, settings, user, marker }: ServerPlan) {
    const flags = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
    this.#process = new ServiceProcess({
      name: 'Postgres',
      file: postgres,
      args: ['-D', data, ...flags],
      cwd: data,
      user,
      marker,
      hint: 'If its files are damaged, “labs clean --cache” has them made anew.',
    });
  }

  /** Rejects when the process ends, with the last lines of its log. */
  get ended(): Promise<never> {
    return this.#process.ended;
  }

  /** Ends it in at most ten seconds, politely first. */
  async stop(): Promise<void> {
    const { pid, isOver, exit } = this.#process;
    if (pid === undefined || isOver) return exit;
    if (await this.#process.endsBy(['SIGINT'], FAST_MS)) return;
    if (await this.#process.endsBy(['SIGQUIT', 'SIGCONT'], IMMEDIATE_MS)) return;
    // Every session is served by a process in a group of its own: the parent's group is not enough.
    const backends = await backendsOf(pid);
    for (const each of [pid, ...backends]) signalProcess(each, 'SIGKILL');
    await exit;
  }
}
