/** What the transaction of a session is like. */
export type TransactionStatus = 'idle' | 'transaction' | 'failed';

/** A statement that a client has asked for, and that may not be answered yet. */
export interface SeenStatement {
  /** As the client sent it; a part of a Query message with several statements is trimmed. */
  readonly sql: string;
  /** Whether `sql` is only the beginning (64 KiB, or less where a tap has seen very much). */
  readonly truncated?: true;
  /** Whether `sql` may be that of several statements, this one among them, which could not be told apart. */
  readonly unsplit?: true;
  readonly protocol: 'simple' | 'extended';
  /** The proxy's number of the connection, from 1. */
  readonly connection: number;
  /** When the client's message had been read, in milliseconds of the tap's clock. */
  readonly startedAt: number;
}

/** A statement that the server has answered, or can no longer answer. */
export interface StatementRecord extends SeenStatement {
  /** From the client's message to the server's answer, in milliseconds; waiting in a pipeline is part of it. */
  readonly durationMs: number;
  /** The command tag: 'INSERT 0 1'. Missing after an error, and while a portal is suspended; then that of its last part. */
  readonly command?: string;
  /** Rows returned or changed, where the command has rows. */
  readonly rows?: number;
  /** The server's error, or `CONNECTION_LOST` as its code. */
  readonly error?: { readonly code: string; readonly message: string };
  /** The state of the session when its turn came, as far as the server had told. */
  readonly transactionStatus?: TransactionStatus;
}

/** In place of a SQLSTATE: the connection ended before the answer, so the outcome is not known. */
export const CONNECTION_LOST = 'connection lost';
