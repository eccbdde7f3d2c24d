import type { OpaqueConnection, Tap, TapFactory } from '../tap.ts';
import type { WaitOptions } from '../waits.ts';
import { Answering } from './answering.ts';
import { Asking } from './asking.ts';
import { FrameReader } from './frames.ts';
import { refuseEncryption, requestTls, withoutChannelBinding } from './handshake.ts';
import { StatementLog } from './log.ts';
import { keepOfClient, keepOfServer } from './messages.ts';
import { Session, type Shared } from './session.ts';
import type { SeenStatement, StatementRecord } from './statement.ts';
import { Texts } from './texts.ts';

/** What has been said to a Postgres server, through all connections of a proxy. */
export interface PostgresTap {
  /**
   * The answered statements, in the order of their answers. A record may still
   * change in one way: a suspended portal goes on, or a commit fails its statement.
   */
  statements(): readonly StatementRecord[];
  /** Sent by clients and not yet answered. */
  pending(): readonly SeenStatement[];
  /** A moment: how many statements have been answered by now. */
  mark(): number;
  /** Those answered since then, even if they were sent before. */
  since(mark: number): readonly StatementRecord[];
  /**
   * The first matching statement that is pending, or will be seen from a client. It
   * may be that it never reaches the server. Rejects with a WaitTimeout, or the
   * signal's reason.
   */
  waitFor(
    predicate: (statement: SeenStatement) => boolean,
    options: WaitOptions,
  ): Promise<SeenStatement>;
  /** As `waitFor`, for the next statement that is answered. */
  waitForAnswer(
    predicate: (record: StatementRecord) => boolean,
    options: WaitOptions,
  ): Promise<StatementRecord>;
  /** While there is one, the statements are not to be counted on. */
  readonly opaqueConnections: readonly OpaqueConnection[];
}

/**
 * Reads the traffic of PostgreSQL, protocol 3, and counts its statements. Clients
 * that ask for encryption are told that there is none (so `sslmode=require` fails).
 *
 * Source: PostgreSQL documentation, chapter "Frontend/Backend Protocol".
 *
 * @param options.clock Milliseconds from some moment on; `performance.now` by default.
 */
export function postgresTap(options: { readonly clock?: () => number } = {}): {
  readonly factory: TapFactory;
  readonly tap: PostgresTap;
} {
  const { clock = () => performance.now() } = options;
  const log = new StatementLog();
  const shared: Shared = { log, texts: new Texts(), clock };
  const opaque: OpaqueConnection[] = [];

  const factory: TapFactory = {
    open: (connection) =>
      openTap(new Session(connection, shared), (reason) => opaque.push({ connection, reason })),
    requestTls,
  };
  const tap: PostgresTap = {
    statements: () => [...log.records],
    pending: () => log.pending,
    mark: () => log.records.length,
    since: (mark) => log.records.slice(mark),
    waitFor: (predicate, wait) => log.waitForSeen(predicate, wait),
    waitForAnswer: (predicate, wait) => log.waitForFinished(predicate, wait),
    opaqueConnections: opaque,
  };
  return { factory, tap };
}

function openTap(session: Session, isOpaque: (reason: string) => void): Tap {
  const asking = new Asking(session);
  const answering = new Answering(session);
  const client = new FrameReader(keepOfClient, (type, body) => asking.message(type, body), true);
  const server = new FrameReader(
    keepOfServer,
    (type, body) => answering.message(type, body),
    false,
  );
  return {
    clientHandshake: refuseEncryption,
    upstreamHandshake: withoutChannelBinding,
    fromClient(chunk) {
      if (!asking.cancels) client.push(chunk);
    },
    fromUpstream(chunk) {
      if (!asking.cancels) server.push(chunk);
    },
    ended(cause) {
      if (cause === undefined) return answering.lost();
      isOpaque(cause instanceof Error ? cause.message : String(cause));
      answering.abandon();
    },
  };
}
