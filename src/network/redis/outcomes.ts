import { ProtocolError } from '../protocol-error.ts';
import type { CommandRecord } from './command.ts';
import type { Request, Session } from './session.ts';

export type Outcome = Pick<CommandRecord, 'error' | 'aborted' | 'unanswered'>;

/** They are never queued: they are about the transaction, or end it. */
const CONTROLS = new Set(['MULTI', 'EXEC', 'DISCARD', 'RESET', 'QUIT']);

export function isQueueable({ command }: Request): boolean {
  return !CONTROLS.has(command.name);
}

/** Writes down what has become of a session's commands, and what they have made of the session. */
export class Outcomes {
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The outcome of the first request, whose turn is over. */
  finish(request: Request, outcome: Outcome): void {
    const { executing, queued } = this.#session;
    const inTransaction = executing.length > 0 || queued !== undefined;
    this.#session.shift();
    this.#write(request, outcome, inTransaction && isQueueable(request));
    if (outcome.error === undefined) this.#takeEffect(request);
  }

  /** The first request waits for an EXEC. */
  queue(request: Request): void {
    if (request.command.name === 'CLIENT REPLY') {
      throw new ProtocolError(
        'CLIENT REPLY in a transaction, whose answer it would break',
        'client',
      );
    }
    this.#session.shift();
    this.#session.queued?.push({ ...request, isSilent: false });
  }

  /** An EXEC has run, or may have run, what was queued; there are no answers to tell. */
  finishQueued(outcome: Outcome): void {
    for (const request of this.#session.queued ?? []) {
      this.#write(request, outcome, true);
      if (outcome.error === undefined) this.#takeEffect(request);
    }
    this.#session.queued = undefined;
  }

  /** What was queued will not run. */
  dropQueued(): void {
    for (const { command } of this.#session.queued ?? []) this.#session.log.drop(command);
    this.#session.queued = undefined;
  }

  #write({ command }: Request, outcome: Outcome, inTransaction: boolean): void {
    const { log, clock, database } = this.#session;
    const durationMs = clock() - command.startedAt;
    log.finish(command, { ...outcome, database, durationMs, inTransaction });
  }

  #takeEffect({ command: { name, args } }: Request): void {
    const session = this.#session;
    if (name === 'SELECT') session.database = Number(args[0]);
    else if (name === 'HELLO' && args[0] !== undefined) session.protocol = Number(args[0]);
    else if (name === 'MULTI') session.queued ??= [];
    else if (name === 'DISCARD') this.dropQueued();
    else if (name === 'MONITOR') session.isMonitor = true;
    else if (name === 'RESET') {
      this.dropQueued();
      session.reset();
    }
  }
}
