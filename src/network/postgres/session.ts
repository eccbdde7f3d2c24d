import { Fifo, type Total } from '../fifo.ts';
import type { StatementLog } from './log.ts';
import { type NameCount, Names } from './names.ts';
import type { Portal, Request } from './requests.ts';
import type { SeenStatement } from './statement.ts';
import type { Text, Texts } from './texts.ts';

/** What all connections of a tap share. */
export interface Shared {
  readonly log: StatementLog;
  readonly texts: Texts;
  readonly names: NameCount;
  /** Requests that wait for an answer, on all connections. */
  readonly waiting: Total;
  /** Milliseconds from some moment on. */
  readonly clock: () => number;
}

/** What is known of one connection: its client's messages write to it, its server's resolve it. */
export class Session {
  readonly connection: number;
  readonly log: StatementLog;
  readonly texts: Texts;
  readonly waiting: Total;
  readonly clock: () => number;
  /** Sent and not answered, in order. */
  readonly requests: Fifo<Request>;
  readonly prepared: Names<Text>;
  readonly portals: Names<Portal>;
  /** After an error, the server skips all messages up to a Sync that is still to come. */
  skipping = false;
  /** `standard_conforming_strings` is off. */
  backslashes = false;

  constructor(connection: number, shared: Shared) {
    this.connection = connection;
    this.log = shared.log;
    this.texts = shared.texts;
    this.clock = shared.clock;
    this.waiting = shared.waiting;
    this.requests = new Fifo(shared.waiting);
    this.prepared = new Names(shared.names);
    this.portals = new Names(shared.names);
  }

  /** @param isUnsplit see `SeenStatement.unsplit` */
  statement(
    text: Text,
    protocol: SeenStatement['protocol'],
    startedAt: number,
    isUnsplit = false,
  ): SeenStatement {
    return {
      sql: text.sql,
      ...(text.truncated ? { truncated: true } : {}),
      ...(isUnsplit ? { unsplit: true } : {}),
      protocol,
      connection: this.connection,
      startedAt,
    };
  }
}
