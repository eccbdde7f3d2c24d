import { ProtocolError } from '../protocol-error.ts';
import { CONNECTION_LOST, utf8 } from './command.ts';
import type { Reply } from './nesting.ts';
import { isQueueable, Outcomes } from './outcomes.ts';
import type { Request, Session } from './session.ts';
import { isConfirmation } from './subscriptions.ts';

const MESSAGES = new Set(['message', 'pmessage', 'smessage']);

/**
 * Matches a server's answers with the commands that they answer. Throws a ProtocolError
 * for an answer that nothing asked for.
 */
export class Answering {
  readonly #session: Session;
  readonly #outcomes: Outcomes;

  constructor(session: Session) {
    this.#session = session;
    this.#outcomes = new Outcomes(session);
  }

  /**
   * An EXEC's answers are those of the commands that it runs, one after the other: a
   * SUBSCRIBE among them has more than one, which are not all inside of the array.
   */
  opens(type: string, length: number): boolean {
    const session = this.#session;
    const { first, queued } = session;
    if (type !== '*' || !queued || first?.command.name !== 'EXEC') return false;
    if (length !== queued.length) {
      throw new ProtocolError(`EXEC ran ${length} commands, where ${queued.length} were queued`);
    }
    for (const request of queued) session.executing.push(request);
    session.executing.push(first);
    session.requests.shift();
    session.queued = undefined;
    this.settle();
    return true;
  }

  reply(reply: Reply): void {
    if (this.#isPush(reply)) return;
    const { first, hasAsked } = this.#session;
    const isError = reply.type === '-' || reply.type === '!';
    if (first === undefined) {
      // Too many clients, or protected mode: the server is about to hang up.
      if (isError && !hasAsked) return;
      throw new ProtocolError(`an answer of type ${reply.type}, and nothing asked for it`);
    }
    if (isError) this.#failed(first, this.#session.budget.error(utf8(reply.text)));
    else this.#succeeded(first, reply);
    this.settle();
  }

  /** Deals with what waits for no answer, up to the first command that does. */
  settle(): void {
    for (let { first } = this.#session; first !== undefined; first = this.#session.first) {
      // What stands in `executing` after its commands is the EXEC.
      const hasRun = first === this.#session.executing.first && !isQueueable(first);
      if (hasRun) this.#outcomes.finish(first, {});
      else if (first.isSilent || this.#isIgnored(first)) this.#pass(first);
      else return;
    }
  }

  /** No more answers will come. */
  lost(): void {
    const session = this.#session;
    const lost = { error: CONNECTION_LOST };
    for (let { first } = session; first !== undefined; first = session.first) {
      // It may have run what was queued; without it, the server forgets that.
      if (first.command.name === 'EXEC') this.#outcomes.finishQueued(lost);
      this.#outcomes.finish(first, lost);
    }
    this.#outcomes.dropQueued();
  }

  /** The answers that come will not be read. */
  abandon(): void {
    const { log, executing, requests } = this.#session;
    for (const { command } of [...executing, ...requests]) log.drop(command);
    this.#outcomes.dropQueued();
    executing.clear();
    requests.clear();
  }

  /** What a server says of its own accord; and the confirmations of subscriptions, which look the same. */
  #isPush({ type, text, head }: Reply): boolean {
    const { isMonitor, protocol, subscriptions } = this.#session;
    if (type === '+') return isMonitor && /^\d+\.\d+ \[/.test(text);
    if (type !== '>' && (type !== '*' || protocol !== 2)) return false;
    const [kind, , total] = head;
    if (kind !== undefined && isConfirmation(kind.text) && total?.type === ':') {
      return this.#isConfirmed(kind.text, Number(total.text)) || type === '>';
    }
    if (type === '>') return true;
    if (subscriptions.isEmpty || kind === undefined || !MESSAGES.has(kind.text)) return false;
    this.#refuseAmbiguous();
    return true;
  }

  /** A subscriber in RESP2 has no other arrays to expect; but in the transaction that made it one, it has. */
  #refuseAmbiguous(): void {
    const { executing } = this.#session;
    if (executing.length === 0 || executing.first?.command.name.endsWith('PUBLISH')) return;
    throw new ProtocolError(
      'in EXEC, a message that may be an answer: there is no telling',
      'client',
    );
  }

  #isConfirmed(kind: string, total: number): boolean {
    const { first, subscriptions } = this.#session;
    const request = first?.command.name === kind.toUpperCase() ? first : undefined;
    // Unasked, a server ends the subscription to a shard channel that moves to another.
    if (request === undefined && subscriptions.isEmpty) return false;
    const left = subscriptions.confirmed(kind, total);
    if (request === undefined) return true;
    request.confirmations--;
    const isLast = request.confirmations === Number.POSITIVE_INFINITY && left === 0;
    if (request.confirmations === 0 || isLast) {
      this.#outcomes.finish(request, {});
      this.settle();
    }
    return true;
  }

  #failed(request: Request, error: string): void {
    if (request.command.name === 'EXEC') this.#outcomes.dropQueued();
    this.#outcomes.finish(request, { error });
  }

  #succeeded(request: Request, { type, text, isNull }: Reply): void {
    const { queued } = this.#session;
    if (queued && type === '+' && text === 'QUEUED') this.#outcomes.queue(request);
    else if (queued && request.command.name === 'EXEC' && isNull) {
      this.#outcomes.dropQueued();
      this.#outcomes.finish(request, { aborted: true });
    } else this.#outcomes.finish(request, {});
  }

  /** A second MONITOR is answered by nothing; in a transaction, or of a subscriber, by an error. */
  #isIgnored({ command }: Request): boolean {
    const { isMonitor, queued, executing, subscriptions, protocol } = this.#session;
    if (command.name !== 'MONITOR' || !isMonitor) return false;
    return !queued && executing.length === 0 && (protocol !== 2 || subscriptions.isEmpty);
  }

  /** A silent command's turn has come; what cannot be known is taken to have gone well. */
  #pass(request: Request): void {
    const unanswered = { unanswered: true } as const;
    if (this.#session.queued && isQueueable(request)) {
      this.#outcomes.queue(request);
      return;
    }
    if (request.command.name === 'EXEC') this.#outcomes.finishQueued(unanswered);
    this.#outcomes.finish(request, unanswered);
  }
}
