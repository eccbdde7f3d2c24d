import { type ErrorFields, rowsOf } from './contents.ts';
import type { OpenRecord } from './log.ts';
import type { Execution, Query, Request, Step } from './requests.ts';
import type { Session } from './session.ts';
import { countOf, pieceAt } from './split.ts';
import { CONNECTION_LOST, type SeenStatement, type StatementRecord } from './statement.ts';
import type { Text } from './texts.ts';
import { Transaction } from './transaction.ts';

type Result = Pick<StatementRecord, 'command' | 'rows' | 'error'>;

/** Writes down what has become of a session's statements. */
export class Outcomes {
  readonly transaction = new Transaction();
  readonly #session: Session;

  constructor(session: Session) {
    this.#session = session;
  }

  /** @param tag Missing for a function call. */
  queryCompleted(query: Query, tag: string | undefined): OpenRecord {
    const seen = query.seen[query.records.length] ?? this.#late(query);
    const record = this.#finish(seen, completion(tag));
    query.records.push(record);
    return record;
  }

  queryFailed(query: Query, { code, message, position }: ErrorFields): void {
    // A FATAL error may follow.
    if (query.failed) return;
    const { pieces, text, seen, records } = query;
    // An error of syntax comes before the first statement has run.
    const at = position === undefined ? undefined : pieceAt(pieces, text.sql, position);
    const failing = Math.max(records.length, at ?? 0);
    const statement = seen[failing] ?? this.#late(query);
    for (const other of seen.slice(records.length)) {
      if (other !== statement) this.#session.log.drop(other);
    }
    query.failed = true;
    records.push(this.#finish(statement, { error: this.error(code, message) }));
  }

  /** Where the server counts otherwise than we do, no part of the text can be told from another. */
  queryEnded(query: Query): void {
    const { pieces, records, failed } = query;
    const count = countOf(pieces);
    const agreed = failed ? records.length <= count : records.length === count;
    if (agreed) return;
    this.#dropUnanswered(query);
    for (const record of query.records) {
      record.sql = query.text.sql;
      record.unsplit = true;
    }
  }

  executed(execution: Execution, result: Result, isSuspended = false): OpenRecord {
    const portal = execution.portal();
    let record = portal.suspended;
    if (record) this.#continue(record, execution.seen, result);
    else record = this.#finish(this.#certain(execution.seen, portal.text()), result);
    portal.suspended = isSuspended ? record : undefined;
    return record;
  }

  stepFailed(step: Step, { code, message }: ErrorFields): void {
    const error = this.error(code, message);
    if (step.execution) this.executed(step.execution, { error });
    else this.#finish(this.#session.statement(step.text(), 'extended', step.startedAt), { error });
  }

  /** The server has skipped it, or its answer is not known to us. */
  skipped(request: Request): void {
    if (request.kind === 'query') this.#dropUnanswered(request);
    if (!('startedAt' in request)) return;
    if (request.definition) request.definition.void = true;
    if (request.execution?.seen) this.#session.log.drop(request.execution.seen);
  }

  /** No answer will come any more. */
  lost(request: Request): void {
    const error = { code: CONNECTION_LOST, message: 'the connection ended before the answer' };
    if (request.kind === 'query' && !request.failed) {
      for (let at = request.records.length; at < countOf(request.pieces); at++) {
        this.#finish(request.seen[at] ?? this.#late(request), { error });
      }
    } else if (request.kind === 'execute' && request.execution) {
      this.executed(request.execution, { error });
    }
  }

  /** Its message within the bounds of texts: an app can have its server say whatever it likes. */
  error(code: string, message: string): NonNullable<Result['error']> {
    return { code, message: this.#session.texts.keep(message, false).sql };
  }

  #finish(statement: SeenStatement, result: Result): OpenRecord {
    const { status } = this.transaction;
    const record = this.#session.log.finish(statement, {
      ...result,
      durationMs: this.#session.clock() - statement.startedAt,
      ...(status ? { transactionStatus: status } : {}),
    });
    if (result.error) this.transaction.failed();
    else if (result.command) this.transaction.completed(result.command, statement.sql);
    return record;
  }

  #dropUnanswered({ seen, records }: Query): void {
    for (const statement of seen.slice(records.length)) this.#session.log.drop(statement);
  }

  #continue(record: OpenRecord, seen: SeenStatement | undefined, result: Result): void {
    if (seen) this.#session.log.drop(seen);
    const rows = (record.rows ?? 0) + (result.rows ?? 0);
    Object.assign(record, result, { rows, durationMs: this.#session.clock() - record.startedAt });
    if (result.error) this.transaction.failed();
  }

  /** A statement more than were told apart, or than the text seems to hold. */
  #late({ seen, pieces, text }: Query): SeenStatement {
    const startedAt = seen[0]?.startedAt ?? this.#session.clock();
    const rest = pieces.at(-1);
    const sql = rest?.many === undefined ? text.sql : rest.sql;
    return this.#session.statement({ ...text, sql }, 'simple', startedAt, true);
  }

  /** What was seen, with the text that it turns out to have had. */
  #certain(seen: SeenStatement | undefined, text: Text): SeenStatement {
    const startedAt = seen?.startedAt ?? this.#session.clock();
    if (seen?.sql === text.sql) return seen;
    if (seen) this.#session.log.drop(seen);
    return this.#session.statement(text, 'extended', startedAt);
  }
}

export function completion(tag: string | undefined): Result {
  if (tag === undefined) return {};
  const rows = rowsOf(tag);
  return { command: tag, ...(rows === undefined ? {} : { rows }) };
}
