import type { LogLine } from '../core/log.ts';
import type { Resource } from '../core/resource.ts';
import type { Submission } from '../core/submission.ts';

/** Where the app runs: as processes of this machine, or in a sandbox. */
export type RuntimeKind = 'process' | 'docker';

export interface Runtime {
  readonly kind: RuntimeKind;
  /** Installs and builds. */
  prepare(submission: Submission): Resource<PreparedApp>;
}

/** An app that is built and can be started any number of times. */
export interface PreparedApp {
  /**
   * Starts one process and waits until it serves.
   * @throws {AppStartError} it exited, listened elsewhere or never answered in time
   * @throws {LabsError} environment: its clock cannot be set wrong here
   */
  start(spec: ProcessSpec, context: StartContext): Promise<RunningProcess>;
  /** Makes a server that listens on this machine reachable for the app. */
  reach(server: { host: string; port: number }): Promise<Route>;
  /** Why the place where the app runs is gone, in words; undefined while it is there. */
  whyLost(): Promise<string | undefined>;
}

/** The app's way to a server of ours. */
export interface Route {
  /** As the app sees them. */
  readonly host: string;
  readonly port: number;
  /** New connections are refused from now on; those that are open live on. */
  shut(): void;
  /** Accepts connections again, on the same port. */
  open(): Promise<void>;
}

export interface ProcessSpec {
  /** `web`, `worker`: a key of the submission's processes. */
  process: string;
  /** From 1. */
  instance: number;
  /** The grader's settings: DATABASE_URL and the lab's own. `PORT` is added. */
  env: Readonly<Record<string, string>>;
  /** Path that answers 200 once the process serves; absent for a process without HTTP. */
  readiness?: string;
  readyTimeoutMs: number;
  /** Where it must listen; a free port where nothing is said. */
  port?: number;
  /** How far its wall clock is ahead, in milliseconds; negative: behind. Its timers are true. */
  clockOffsetMs?: number;
  onLog(line: LogLine): void;
}

export interface StartContext {
  signal: AbortSignal;
  progress(text: string): void;
}

export interface Exit {
  /** Null if a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  /** True where it outlived its grace and had to be killed. */
  forced: boolean;
}

export interface RunningProcess {
  /** `web.1`. */
  readonly name: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Settles when the process has ended, however it did. */
  readonly exited: Promise<Exit>;
  /** Undefined while it runs. */
  readonly exit: Exit | undefined;
  /** SIGTERM to the main process; after `graceMs`, SIGKILL to whatever is left of its group. */
  terminate(graceMs: number): Promise<Exit>;
  /** SIGKILL to the whole group, as a crash would. */
  kill(): Promise<Exit>;
  /** Stops all that it is from running, and lets it run again. */
  pause(): Promise<void>;
  resume(): Promise<void>;
}

/** The learner's: the app did not come to serve. `lines` are the last that it wrote. */
export class AppStartError extends Error {
  override readonly name = 'AppStartError';
  readonly reason: 'install' | 'build' | 'exited' | 'elsewhere' | 'silent' | 'unready';
  readonly hint: string;
  readonly lines: readonly LogLine[];
  /** How it ended, where it ended before it served. */
  readonly exit: Exit | undefined;

  constructor(
    reason: AppStartError['reason'],
    message: string,
    hint: string,
    lines: readonly LogLine[],
    exit?: Exit,
  ) {
    super(message);
    this.reason = reason;
    this.hint = hint;
    this.lines = lines;
    this.exit = exit;
  }
}
