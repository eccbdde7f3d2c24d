import type { RedisLogin, ServerControl } from '../port.ts';
import { waitForRedis } from '../redis/connection.ts';
import { type ServicePlan, ServiceProcess } from './service-process.ts';

const READY_TIMEOUT_MS = 10_000;
const POLITE_MS = 2_000;

/** A server through its lives: whenever it starts, its address, users and directory are the same. */
export class RedisProcess implements ServerControl {
  readonly #plan: ServicePlan;
  readonly #login: RedisLogin;
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  #process: ServiceProcess | undefined;
  #starting: Promise<void> = Promise.resolve();

  /** @param signal when aborted, nothing starts any more */
  constructor(plan: ServicePlan, login: RedisLogin, signal: AbortSignal) {
    this.#plan = plan;
    this.#login = login;
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
  }

  async start(): Promise<void> {
    this.#signal.throwIfAborted();
    if (this.#process === undefined || this.#process.isOver) {
      this.#process = new ServiceProcess(this.#plan);
      const { ended } = this.#process;
      const options = { signal: this.#signal, timeoutMs: READY_TIMEOUT_MS, ended };
      this.#starting = waitForRedis(this.#login, options);
    }
    await this.#starting;
  }

  async kill(): Promise<void> {
    await this.#process?.kill();
  }

  /** Ends it for good, politely first. */
  async stop(): Promise<void> {
    this.#over.abort(new Error('Redis was stopped'));
    if (await this.#process?.endsBy(['SIGTERM', 'SIGCONT'], POLITE_MS)) return;
    await this.#process?.kill();
  }
}
