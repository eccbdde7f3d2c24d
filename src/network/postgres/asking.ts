import { Flood, moreThan } from '../flood.ts';
import { ownText } from '../own-text.ts';
import { ProtocolError } from '../protocol-error.ts';
import { Strings } from './contents.ts';
import { UNTYPED } from './frames.ts';
import { Startup } from './handshake.ts';
import { Client } from './messages.ts';
import type { Execution, Portal, Query, Step } from './requests.ts';
import type { Session } from './session.ts';
import { splitStatements, wholeOf } from './split.ts';
import type { Text } from './texts.ts';

const PREPARED = 'S'.charCodeAt(0);

/** Turns a client's messages into requests. Throws a ProtocolError for what it cannot follow. */
export class Asking {
  readonly #session: Session;
  #cancels = false;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The connection carries a CancelRequest, which is no conversation. */
  get cancels(): boolean {
    return this.#cancels;
  }

  message(type: number, body: Buffer): void {
    const { requests, waiting, log } = this.#session;
    // Also where nothing is pending: a Sync is a request that has no statement.
    if (waiting.count >= log.most) {
      throw new Flood(moreThan(log.most, 'messages before their answers'));
    }
    if (type === Client.sync) {
      this.#session.skipping = false;
      requests.push({ kind: 'sync' });
    } else if (this.#session.skipping) {
      // The server does not look at it either.
    } else if (type === UNTYPED) this.#start(body);
    else if (type === Client.query) this.#query(body);
    else if (type === Client.functionCall) this.#call(body);
    else if (type === Client.copyDone || type === Client.copyFail) {
      // Outside of a COPY they are answered by nothing, however many there are.
      if (requests.last?.kind !== 'copyEnd') requests.push({ kind: 'copyEnd' });
    } else {
      const step = this.#step(type, body);
      if (step) requests.push(step);
    }
  }

  #start(body: Buffer): void {
    const code = body.readInt32BE(0);
    this.#cancels = code === Startup.cancel;
    if (this.#cancels) return;
    if (code >> 16 !== 3) throw new ProtocolError(`the client speaks protocol ${code >> 16}`);
    this.#session.requests.push({ kind: 'startup' });
  }

  #query(body: Buffer): void {
    const { sql, truncated } = new Strings(body).nextSql();
    const { texts, backslashes } = this.#session;
    const text = texts.keep(sql, truncated);
    const pieces = truncated ? [] : splitStatements(sql, backslashes);
    if (!text.truncated) this.#run(text, pieces);
    // Nothing can be said about the parts of what has been cut off.
    else this.#run(text, [wholeOf(text.sql)], pieces.length !== 1);
  }

  /** The fast-path interface: a function by its object id, without SQL. */
  #call(body: Buffer): void {
    if (body.length < 4) throw new ProtocolError('a FunctionCall that names no function');
    const sql = `FunctionCall ${body.readUInt32BE(0)}`;
    this.#run({ sql, truncated: false }, [wholeOf(sql)]);
  }

  #run(text: Text, pieces: Query['pieces'], isUnsplit = false): void {
    const { log, clock, requests } = this.#session;
    const startedAt = clock();
    const seen = pieces.map(({ sql, many }) => {
      const isMany = isUnsplit || many !== undefined;
      return this.#session.statement(
        { sql, truncated: text.truncated },
        'simple',
        startedAt,
        isMany,
      );
    });
    const records: Query['records'] = [];
    requests.push({ kind: 'query', text, pieces, seen, records, failed: false, copiesIn: false });
    for (const statement of seen) log.see(statement);
  }

  #step(type: number, body: Buffer): Step | undefined {
    const startedAt = this.#session.clock();
    if (type === Client.parse) return { kind: 'parse', startedAt, ...this.#parse(body) };
    if (type === Client.bind) return { kind: 'bind', startedAt, ...this.#bind(body) };
    if (type === Client.describe) {
      return { kind: 'describe', startedAt, text: this.#named(body).text };
    }
    if (type === Client.close) return { kind: 'close', startedAt, ...this.#named(body) };
    if (type === Client.execute) {
      const execution = this.#execute(body, startedAt);
      return { kind: 'execute', startedAt, text: () => execution.portal().text(), execution };
    }
    return undefined;
  }

  #parse(body: Buffer): Pick<Step, 'text' | 'definition' | 'done'> {
    const { prepared, texts } = this.#session;
    const strings = new Strings(body);
    const name = nameIn(strings);
    const { sql, truncated } = strings.nextSql();
    const text = texts.keep(sql, truncated);
    const definition = prepared.define(name, text);
    return { text: () => text, definition, done: () => prepared.confirm(definition) };
  }

  #bind(body: Buffer): Pick<Step, 'text' | 'definition' | 'done'> {
    const { portals } = this.#session;
    const strings = new Strings(body);
    const name = nameIn(strings);
    const text = this.#preparedText(nameIn(strings));
    const definition = portals.define(name, { text, suspended: undefined });
    return { text, definition, done: () => portals.confirm(definition) };
  }

  #named(body: Buffer): Pick<Step, 'text' | 'done'> {
    const { prepared, portals } = this.#session;
    const name = nameIn(new Strings(body, 1));
    if (body[0] === PREPARED) {
      const closing = prepared.find(name);
      return { text: this.#preparedText(name), done: () => prepared.close(name, closing) };
    }
    const closing = portals.find(name);
    const portal = this.#portal(name);
    return { text: () => portal().text(), done: () => portals.close(name, closing) };
  }

  #execute(body: Buffer, startedAt: number): Execution {
    const portal = this.#portal(nameIn(new Strings(body)));
    const { text, suspended } = portal();
    const seen = suspended ? undefined : this.#session.statement(text(), 'extended', startedAt);
    if (seen) this.#session.log.see(seen);
    return { portal, seen, rows: 0, copiesIn: false };
  }

  #portal(name: string): () => Portal {
    // Not by a Bind: DECLARE makes portals, too.
    const text = { sql: `(portal "${short(name)}")`, truncated: false };
    return this.#session.portals.refer(name, { text: () => text, suspended: undefined });
  }

  #preparedText(name: string): () => Text {
    // Not by a Parse: the SQL command PREPARE makes prepared statements, too.
    const text = { sql: `(prepared statement "${short(name)}")`, truncated: false };
    return this.#session.prepared.refer(name, text);
  }
}

/** It is no text that a budget knows of. */
function short(name: string): string {
  return name.length <= 64 ? name : `${ownText(name.slice(0, 64), 'utf8')}…`;
}

function nameIn(strings: Strings): string {
  const name = strings.next();
  if (name === undefined) throw new ProtocolError('a name is longer than 1 KiB');
  return name;
}
