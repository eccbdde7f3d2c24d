/** Exit codes of every command. */
export const ExitCode = {
  passed: 0,
  belowPassingScore: 1,
  usage: 2,
  environment: 3,
  bug: 4,
  interrupted: 130,
} as const;

export type ErrorKind = 'usage' | 'environment' | 'bug' | 'interrupted';

export interface LabsErrorOptions {
  /** The way on: a command to run, a line to change. */
  hint?: string | undefined;
  /** Further lines: where, what was seen, last log lines. */
  detail?: string | undefined;
  cause?: unknown;
}

/**
 * A failure whose cause is known: `message` says what is wrong in one sentence, `hint` the way on.
 * Anything else that is thrown is a bug of ours.
 */
export class LabsError extends Error {
  override readonly name = 'LabsError';
  readonly kind: ErrorKind;
  readonly hint: string | undefined;
  readonly detail: string | undefined;

  constructor(kind: ErrorKind, message: string, options: LabsErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.kind = kind;
    this.hint = options.hint;
    this.detail = options.detail;
  }

  get exitCode(): number {
    return ExitCode[this.kind];
  }
}

/** The user's mistake: an unknown lab, a broken manifest, a directory that is no workspace. */
export function usageError(message: string, options?: LabsErrorOptions): LabsError {
  return new LabsError('usage', message, options);
}

/** The machine's: no engine, a full disk, a port that is taken. */
export function environmentError(message: string, options?: LabsErrorOptions): LabsError {
  return new LabsError('environment', message, options);
}

/** A fault in a lab or in labs itself. */
export function bug(message: string, options?: LabsErrorOptions): LabsError {
  return new LabsError('bug', message, options);
}

/** @param left what could not be taken down, in words */
export function interrupted(left: readonly string[] = []): LabsError {
  return new LabsError('interrupted', 'Interrupted.', {
    ...(left.length > 0 && { detail: left.join('\n'), hint: CLEAN }),
  });
}

/** The `code` of a system error (`ENOENT`), if it has one. */
export function errorCode(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}

/** The way on where something could not be taken down. */
export const CLEAN =
  'Run `labs clean` to remove what was left; on a server of yours, with its --service.';

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
