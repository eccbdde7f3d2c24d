import {
  AppStartError,
  type Exit,
  type PreparedApp,
  type ProcessSpec,
  type RunningProcess,
} from '../../apps/port.ts';
import { CheckFailure } from '../../core/failure.ts';
import type { LogRecord } from '../../core/log-record.ts';
import type { AppExit, AppProcess } from '../../kit/app.ts';
import { startupFailure } from '../startup-failure.ts';

/** The place of one process in a world: it may end and be started again any number of times. */
export class ProcessSlot {
  readonly name: string;
  readonly #app: PreparedApp;
  readonly #spec: ProcessSpec;
  readonly #signal: AbortSignal;
  readonly #now: () => number;
  #running: RunningProcess | undefined;
  #exit: AppExit | undefined;
  #exited = Promise.withResolvers<AppExit>();
  #told = false;
  #paused = false;
  crashes = 0;

  constructor(app: PreparedApp, spec: ProcessSpec, signal: AbortSignal, now: () => number) {
    this.name = `${spec.process}.${spec.instance}`;
    this.#app = app;
    this.#spec = spec;
    this.#signal = signal;
    this.#now = now;
  }

  get url(): string {
    return this.#running?.url ?? 'http://127.0.0.1:9';
  }

  /** @throws {AppStartError} */
  async start(progress: (text: string) => void = () => {}): Promise<void> {
    if (this.#running !== undefined && this.#exit === undefined) return;
    const running = await this.#app.start(this.#spec, { signal: this.#signal, progress });
    this.#running = running;
    this.#exit = undefined;
    this.#exited = Promise.withResolvers();
    this.#told = false;
    this.#paused = false;
    void running.exited.then((exit) => {
      if (this.#running !== running) return;
      this.#exit ??= { ...exit, tookMs: 0 };
      this.#exited.resolve(this.#exit);
      if (!this.#told) this.crashes += 1;
    });
  }

  async heal(): Promise<void> {
    if (this.#paused) this.resume();
    await this.start();
  }

  async end(): Promise<void> {
    this.#told = true;
    await this.#running?.kill();
  }

  resume(): void {
    this.#running?.resume();
    this.#paused = false;
  }

  facade(log: LogRecord, since: number): AppProcess {
    const slot = this;
    return {
      name: this.name,
      get exit() {
        return slot.#exit;
      },
      get exited() {
        return slot.#exited.promise;
      },
      log: () => log.lines.filter((line) => line.source === slot.name && line.at >= since),
      start: async () => {
        try {
          await slot.start();
        } catch (error) {
          if (error instanceof AppStartError)
            throw new CheckFailure(startupFailure(error, `start ${slot.name} again`));
          throw error;
        }
      },
      terminate: (graceMs) => slot.#end((running) => running.terminate(graceMs)),
      kill: () => slot.#end((running) => running.kill()),
      pause: () => {
        slot.#running?.pause();
        slot.#paused = true;
      },
      resume: () => slot.resume(),
    };
  }

  async #end(how: (running: RunningProcess) => Promise<Exit>): Promise<AppExit> {
    const running = this.#running;
    if (running === undefined) throw new Error(`${this.name} was never started`);
    if (this.#exit !== undefined) return this.#exit;
    this.#told = true;
    const startedAt = this.#now();
    const exit = await how(running);
    this.#exit = { ...exit, tookMs: this.#now() - startedAt };
    return this.#exit;
  }
}
