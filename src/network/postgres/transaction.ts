import type { TransactionStatus } from './statement.ts';

const REPORTED: Readonly<Record<string, TransactionStatus>> = {
  I: 'idle',
  T: 'transaction',
  E: 'failed',
};

const BEGINS = new Set(['BEGIN', 'START TRANSACTION']);
const ENDS = new Set(['COMMIT', 'ROLLBACK', 'PREPARE TRANSACTION']);

/**
 * Where a session stands. The server tells with each ReadyForQuery; in between, for
 * several statements at once, the command tags have to do.
 */
export class Transaction {
  #status: TransactionStatus | undefined;

  get status(): TransactionStatus | undefined {
    return this.#status;
  }

  reported(code: string): void {
    this.#status = REPORTED[code];
  }

  completed(command: string, sql: string): void {
    if (BEGINS.has(command)) this.#status = 'transaction';
    // ROLLBACK TO SAVEPOINT has the tag of a ROLLBACK.
    else if (command === 'ROLLBACK' && /\bto\b/i.test(sql)) this.#status = 'transaction';
    else if (ENDS.has(command)) this.#status = 'idle';
  }

  failed(): void {
    if (this.#status === 'transaction') this.#status = 'failed';
  }
}
