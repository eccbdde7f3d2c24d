import type { LogLine } from '../core/log.ts';

/** How a process ended. */
export interface AppExit {
  /** Null if a signal ended it. */
  code: number | null;
  signal: string | null;
  /** True where it outlived its grace and had to be killed. */
  forced: boolean;
  /** Milliseconds from the signal to the end. */
  tookMs: number;
}

/** One process of the app, in a world of the check's own. */
export interface AppProcess {
  /** `web.1`. */
  readonly name: string;
  /** How it ended; undefined while it runs. */
  readonly exit: AppExit | undefined;
  /** Settles when it has ended, however it did. */
  readonly exited: Promise<AppExit>;
  /** What it wrote since the check began. */
  log(): readonly LogLine[];
  /**
   * Starts it again after it ended, and waits until it serves.
   * @throws {CheckFailure} it does not come up
   */
  start(): Promise<void>;
  /**
   * Starts it after it ended, with other values for some of its variables. Gives how it ended where it ended
   * rather than served (`tookMs` is then from its start), undefined where it serves. For the next check it is
   * started as usual.
   * @throws {CheckFailure} within `withinMs` it neither serves nor ends
   */
  startWith(
    env: Readonly<Record<string, string>>,
    options: { withinMs: number },
  ): Promise<AppExit | undefined>;
  /** SIGTERM to the main process, as an orchestrator does; SIGKILL to all after `graceMs`. */
  terminate(graceMs: number): Promise<AppExit>;
  /** SIGKILL to the whole process group: what a crash or a power cut looks like. */
  kill(): Promise<AppExit>;
  /** It is there but does nothing, as after SIGSTOP; `resume` is its SIGCONT. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

export interface App {
  /** The first web process. */
  readonly web: AppProcess;
  /** `web.2`, `worker.1`. */
  process(name: string): AppProcess;
  readonly processes: readonly AppProcess[];
}
