import { ProtocolError } from '../protocol-error.ts';
import { type ErrorFields, readError, Strings } from './contents.ts';
import type { OpenRecord } from './log.ts';
import { Server } from './messages.ts';
import { completion, Outcomes } from './outcomes.ts';
import type { Request, Step } from './requests.ts';
import type { Session } from './session.ts';

/**
 * Matches a server's messages with the requests that they answer. Throws a
 * ProtocolError for an answer that nothing asked for.
 *
 * PostgreSQL documentation, "Frontend/Backend Protocol", section "Message Flow".
 */
export class Answering {
  readonly #session: Session;
  readonly #outcomes: Outcomes;
  /** The last statement of those that the next Sync commits. */
  #uncommitted: OpenRecord | undefined;
  /** Whether a Sync that seemed ignored may yet be answered. */
  #toleratesReady = false;

  constructor(session: Session) {
    this.#session = session;
    this.#outcomes = new Outcomes(session);
  }

  message(type: number, body: Buffer): void {
    if (type === Server.dataRow) this.#row();
    else if (type === Server.parseComplete) this.#stepDone('parse');
    else if (type === Server.bindComplete) this.#stepDone('bind');
    else if (type === Server.closeComplete) this.#stepDone('close');
    else if (type === Server.rowDescription || type === Server.noData) this.#described();
    else if (type === Server.commandComplete) this.#complete(new Strings(body).next());
    else if (type === Server.functionCallResponse) this.#complete(undefined);
    else if (type === Server.emptyQueryResponse) this.#empty();
    else if (type === Server.portalSuspended) this.#suspended();
    else if (type === Server.copyInResponse) this.#copyIn();
    else if (type === Server.errorResponse) this.#error(readError(body));
    else if (type === Server.readyForQuery) this.#ready(String.fromCharCode(body[0] as number));
    else if (type === Server.parameterStatus) this.#parameter(new Strings(body));
    // Notices, notifications, data of COPY … may come at any time and answer nothing.
  }

  /** No more answers will come. */
  lost(): void {
    for (const request of this.#session.requests) this.#outcomes.lost(request);
    this.#session.requests.clear();
  }

  /** The answers that come will not be read. */
  abandon(): void {
    for (const request of this.#session.requests) this.#outcomes.skipped(request);
    this.#session.requests.clear();
  }

  #row(): void {
    const first = this.#first();
    if (first?.kind === 'execute' && first.execution) first.execution.rows++;
  }

  #stepDone(kind: Step['kind']): void {
    this.#take(kind).done?.();
  }

  #described(): void {
    if (this.#first()?.kind !== 'query') this.#stepDone('describe');
  }

  #complete(tag: string | undefined): void {
    const first = this.#first();
    if (first?.kind === 'query') {
      this.#outcomes.queryCompleted(first, tag);
      return;
    }
    const { execution } = this.#take('execute');
    if (!execution) return;
    this.#uncommitted = this.#outcomes.executed(execution, completion(tag));
    if (execution.copiesIn) this.#forgetIgnoredSyncs('ended');
  }

  #empty(): void {
    if (this.#first()?.kind !== 'query') this.#outcomes.skipped(this.#take('execute'));
  }

  #suspended(): void {
    const { execution } = this.#take('execute');
    if (!execution) return;
    const result = { rows: execution.rows };
    this.#uncommitted = this.#outcomes.executed(execution, result, true);
  }

  #copyIn(): void {
    const first = this.#first();
    if (first?.kind === 'query') first.copiesIn = true;
    else if (first?.kind === 'execute' && first.execution) first.execution.copiesIn = true;
  }

  #error(error: ErrorFields): void {
    const first = this.#first();
    // Before a session has begun, or out of the blue: the server is about to hang up.
    if (first === undefined || first.kind === 'startup' || first.kind === 'copyEnd') return;
    if (first.kind === 'query') this.#outcomes.queryFailed(first, error);
    else if (first.kind === 'sync') this.#commitFailed(error);
    else this.#stepFailed(first, error);
  }

  /** A constraint checked at the commit fails what had been reported complete. */
  #commitFailed({ code, message }: ErrorFields): void {
    if (this.#uncommitted) this.#uncommitted.error = this.#outcomes.error(code, message);
  }

  #stepFailed(step: Step, error: ErrorFields): void {
    const { requests } = this.#session;
    requests.shift();
    if (step.definition) step.definition.void = true;
    this.#outcomes.stepFailed(step, error);
    if (step.execution?.copiesIn) {
      // Whether an early Sync was read as part of the COPY, only the server knows.
      this.#forgetIgnoredSyncs('failed');
      this.#toleratesReady = true;
    }
    while (requests.first !== undefined && requests.first.kind !== 'sync') {
      this.#outcomes.skipped(requests.shift() as Request);
    }
    this.#session.skipping = requests.length === 0;
  }

  #ready(status: string): void {
    const first = this.#first();
    const ends = first?.kind === 'query' || first?.kind === 'sync' || first?.kind === 'startup';
    if (!ends) {
      if (!this.#toleratesReady) throw new ProtocolError('ReadyForQuery, and nothing asked for it');
      this.#toleratesReady = false;
      this.#session.skipping = false;
      return;
    }
    this.#session.requests.shift();
    if (first.kind === 'query') {
      this.#outcomes.queryEnded(first);
      if (first.copiesIn) this.#forgetIgnoredSyncs('ended');
    }
    this.#uncommitted = undefined;
    this.#outcomes.transaction.reported(status);
    // Portals do not outlive their transaction.
    if (status === 'I' && this.#session.requests.length === 0) this.#session.portals.clear();
  }

  #parameter(strings: Strings): void {
    if (strings.next() === 'standard_conforming_strings') {
      this.#session.backslashes = strings.next() === 'off';
    }
  }

  /**
   * While it copies in, a server ignores Sync: section "COPY Operations". The client's
   * end of the data may still be to come where the server has failed before.
   */
  #forgetIgnoredSyncs(copy: 'ended' | 'failed'): void {
    const { requests } = this.#session;
    const isIgnored = copy === 'failed' || [...requests].some(({ kind }) => kind === 'copyEnd');
    while (isIgnored && requests.first?.kind === 'sync') requests.shift();
  }

  #take(kind: Step['kind']): Step {
    const first = this.#first();
    if (first?.kind !== kind) {
      throw new ProtocolError(`an answer to ${kind}, in the turn of ${first?.kind ?? 'nothing'}`);
    }
    this.#session.requests.shift();
    return first;
  }

  #first(): Request | undefined {
    const { requests } = this.#session;
    while (requests.first?.kind === 'copyEnd') requests.shift();
    return requests.first;
  }
}
