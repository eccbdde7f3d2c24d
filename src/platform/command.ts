import { execa } from 'execa';
import { errorCode, messageOf } from '../core/errors.ts';

export interface CommandOptions {
  /** The whole environment of the program. */
  env: Readonly<Record<string, string | undefined>>;
  cwd?: string;
  /** After it the program and its descendants are killed. */
  timeoutMs?: number;
  /** Asks the program to end (SIGTERM); it may take its time to leave things in order. */
  signal?: AbortSignal;
  /** Takes what the program writes, as it comes; without it, all is captured. */
  onOutput?(text: string): void;
}

/** How a program went. That it is not there is an answer too. */
export type CommandOutcome =
  | { started: false; code: string | undefined; message: string }
  | {
      started: true;
      /** Undefined where a signal ended it. */
      exitCode: number | undefined;
      timedOut: boolean;
      /** Empty where the output was streamed. */
      stdout: string;
      stderr: string;
    };

const MAX_CAPTURED = 1 << 20;
/** How long to wait for the pipes of a program that was killed: what it left behind may hold them. */
const GRACE_MS = 250;

/** Runs a program without a shell and without input, to its end. Never rejects. */
export async function runCommand(
  file: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<CommandOutcome> {
  const { env, cwd, timeoutMs, signal, onOutput } = options;
  const child = execa(file, args, {
    env: defined(env),
    extendEnv: false,
    stdin: 'ignore',
    reject: false,
    ...(cwd !== undefined && { cwd }),
    ...(signal !== undefined && { cancelSignal: signal, forceKillAfterDelay: false }),
    ...(timeoutMs !== undefined && {
      timeout: timeoutMs,
      killSignal: 'SIGKILL',
      killDescendants: true,
    }),
    ...(onOutput === undefined ? { maxBuffer: MAX_CAPTURED } : { buffer: false }),
  });
  if (onOutput !== undefined) {
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', onOutput);
  }
  const result = await within(child, timeoutMs);
  if (result === undefined)
    return { started: true, exitCode: undefined, timedOut: true, stdout: '', stderr: '' };
  if (child.pid === undefined) {
    const { cause } = result;
    return { started: false, code: errorCode(cause), message: messageOf(cause) };
  }
  return {
    started: true,
    exitCode: result.exitCode,
    timedOut: result.timedOut,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
  };
}

async function within<T>(work: PromiseLike<T>, timeoutMs: number | undefined) {
  if (timeoutMs === undefined) return work;
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(resolve, timeoutMs + GRACE_MS, undefined);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function defined(env: CommandOptions['env']): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}
