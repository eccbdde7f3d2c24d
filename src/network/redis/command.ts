/**
 * A command that a client has sent, and that may not be answered yet.
 *
 * Its strings hold a character for each byte, so that binary data survives: for text,
 * see `utf8` and `bytesOf`. Commands that a script runs inside of the server are not on
 * the wire, and so not here.
 */
export interface SeenCommand {
  /** In upper case, with the subcommand where there is one: 'GET', 'SCRIPT LOAD'. */
  readonly name: string;
  /**
   * What follows the name: the first 1,024 arguments, the first 1,024 bytes of each
   * (less where a tap has seen very much). Passwords of AUTH and HELLO are `(redacted)`.
   */
  readonly args: readonly string[];
  /** Whether an argument is only the beginning, or arguments are missing. */
  readonly truncated?: true;
  /** Those of `args` that name keys; of a script, those that it was given as such. */
  readonly keys: readonly string[];
  /** The number of the database; of a command that is not answered yet, to the best of our knowledge. */
  readonly database: number;
  /** The proxy's number of the connection, from 1. */
  readonly connection: number;
  /** When the client's command had been read, in milliseconds of the tap's clock. */
  readonly startedAt: number;
}

/** A command that the server has answered, or can no longer answer. */
export interface CommandRecord extends SeenCommand {
  /** From the client's command to the server's answer, in milliseconds; waiting in a pipeline is part of it. */
  readonly durationMs: number;
  /**
   * The server's error ('WRONGTYPE Operation against …'), or CONNECTION_LOST. The beginning
   * of a long one.
   */
  readonly error?: string;
  /** Sent between MULTI and EXEC; without an error, EXEC has run it, and its answer was part of EXEC's. */
  readonly inTransaction: boolean;
  /** Of an EXEC that ran nothing, since a watched key had changed. */
  readonly aborted?: true;
  /** There is no answer to it, as the client had asked (CLIENT REPLY): what came of it is not known. */
  readonly unanswered?: true;
}

/** In place of an error: the connection ended before the answer, so the outcome is not known. */
export const CONNECTION_LOST = 'connection lost';

/** The text of an argument or a key, which holds a character for each byte. */
export function utf8(bytes: string): string {
  return Buffer.from(bytes, 'latin1').toString('utf8');
}

/** The bytes of a text, a character for each: to compare with arguments and keys. */
export function bytesOf(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}
