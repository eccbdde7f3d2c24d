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
  #starting: Promise<void> | undefined;
  /** When it was told to end. */
  #toldAt: number | undefined;
  #paused = false;
  /** It runs with other settings than its own. */
  #altered = false;
  readonly #over = new AbortController();
  crashes = 0;

  constructor(app: PreparedApp, spec: ProcessSpec, signal: AbortSignal, now: () => number) {
    this.name = `${spec.process}.${spec.instance}`;
    this.#app = app;
    this.#spec = spec;
    this.#signal = AbortSignal.any([signal, this.#over.signal]);
    this.#now = now;
  }

  get url(): string {
    return this.#running?.url ?? 'http://127.0.0.1:9';
  }

  get isDown(): boolean {
    return this.#exit !== undefined;
  }

  /** @throws {AppStartError} */
  async start(progress: (text: string) => void = () => {}): Promise<void> {
    if (this.#running !== undefined && this.#exit === undefined) return;
    // A check that ran out of time may still be starting it when the next one wants it mended.
    this.#starting ??= this.#start(progress).finally(() => {
      this.#starting = undefined;
    });
    await this.#starting;
  }

  async #start(progress: (text: string) => void, spec = this.#spec): Promise<void> {
    const running = await this.#app.start(spec, { signal: this.#signal, progress });
    this.#altered = spec !== this.#spec;
    this.#running = running;
    this.#exit = undefined;
    this.#exited = Promise.withResolvers();
    this.#toldAt = undefined;
    this.#paused = false;
    void running.exited.then((exit) => {
      if (this.#running !== running) return;
      const tookMs = this.#toldAt === undefined ? 0 : this.#now() - this.#toldAt;
      this.#exit = { ...exit, tookMs };
      this.#exited.resolve(this.#exit);
      if (this.#toldAt === undefined) this.crashes += 1;
    });
  }

  async heal(): Promise<void> {
    if (this.#paused) await this.resume();
    if (this.#altered && !this.isDown) await this.#end((running) => running.kill());
    await this.start();
  }

  /** @throws {AppStartError} it neither served nor ended */
  async startWith(env: Readonly<Record<string, string>>, withinMs: number) {
    if (!this.isDown) throw new Error(`${this.name} still runs`);
    const spec = { ...this.#spec, env: { ...this.#spec.env, ...env }, readyTimeoutMs: withinMs };
    const startedAt = this.#now();
    this.#starting = this.#start(() => {}, spec).finally(() => {
      this.#starting = undefined;
    });
    try {
      await this.#starting;
      return undefined;
    } catch (error) {
      if (!(error instanceof AppStartError) || error.exit === undefined) throw error;
      return { ...error.exit, tookMs: this.#now() - startedAt };
    }
  }

  async end(): Promise<void> {
    this.#toldAt ??= this.#now();
    this.#over.abort(new Error('the world is taken down'));
    await this.#starting?.catch(() => {});
    await this.#running?.kill();
  }

  async resume(): Promise<void> {
    await this.#running?.resume();
    this.#paused = false;
  }

  facade(log: LogRecord, since: number, signal?: AbortSignal): AppProcess {
    const slot = this;
    // A check that ran out of time may still be at work; the app is then another check's.
    const orOver = <T>(action: () => T): T => {
      signal?.throwIfAborted();
      return action();
    };
    const orFailure = async <T>(action: () => Promise<T>, what: string): Promise<T> => {
      try {
        return await orOver(action);
      } catch (error) {
        if (error instanceof AppStartError) throw new CheckFailure(startupFailure(error, what));
        throw error;
      }
    };
    return {
      name: this.name,
      get exit() {
        return slot.#exit;
      },
      get exited() {
        return slot.#exited.promise;
      },
      log: () => log.lines.filter((line) => line.source === slot.name && line.at >= since),
      start: () => orFailure(() => slot.start(), `start ${slot.name} again`),
      startWith: (env, { withinMs }) =>
        orFailure(
          () => slot.startWith(env, withinMs),
          `start ${slot.name} with ${Object.keys(env).join(', ')} changed`,
        ),
      terminate: async (graceMs) =>
        orOver(() => slot.#end((running) => running.terminate(graceMs))),
      kill: async () => orOver(() => slot.#end((running) => running.kill())),
      pause: async () =>
        orOver(() => {
          slot.#paused = true;
          return slot.#running?.pause();
        }),
      resume: async () => orOver(() => slot.resume()),
    };
  }

  async #end(how: (running: RunningProcess) => Promise<Exit>): Promise<AppExit> {
    const running = this.#running;
    if (running === undefined) throw new Error(`${this.name} was never started`);
    if (this.#exit !== undefined) return this.#exit;
    const { promise } = this.#exited;
    this.#toldAt ??= this.#now();
    await how(running);
    return promise;
  }
}
