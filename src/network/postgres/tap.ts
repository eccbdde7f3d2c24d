import { type LetGo, letGo } from '../let-go.ts';
import { type Observation, observationOf } from '../observation.ts';
import type { Side } from '../protocol-error.ts';
import type { Tap, TapFactory } from '../tap.ts';
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
export interface PostgresTap extends Observation<StatementRecord> {
  /**
   * The answered statements, in the order of their answers. A record may still
   * change in one way: a suspended portal goes on, or a commit fails its statement.
   */
  statements(): readonly StatementRecord[];
  /** Sent by clients and not yet answered. */
  pending(): readonly SeenStatement[];
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
}

/**
 * Reads the traffic of PostgreSQL, protocol 3, and counts its statements. Clients
 * that ask for encryption are told that there is none (so `sslmode=require` fails).
 *
 * Source: PostgreSQL documentation, chapter "Frontend/Backend Protocol".
 *
 * @param options.clock Milliseconds from some moment on; `performance.now` by default.
 * @param options.most How many statements to keep, and how many to follow that wait for an answer.
 */
export function postgresTap(
  options: { readonly clock?: () => number; readonly most?: number } = {},
): {
  readonly factory: TapFactory;
  readonly tap: PostgresTap;
} {
  const { clock = () => performance.now(), most } = options;
  const log = new StatementLog(most);
  const texts = new Texts();
  const shared: Shared = { log, texts, names: { open: 0 }, waiting: { count: 0 }, clock };
  const lost = letGo(log.answered);

  const factory: TapFactory = {
    open: (connection) =>
      openTap(new Session(connection, shared), (cause, reading) =>
        lost.add(connection, cause, reading),
      ),
    requestTls,
  };
  const tap: PostgresTap = {
    ...observationOf<StatementRecord>(log, lost, texts, 'statements'),
    statements: () => [...log.answered.kept],
    pending: () => log.pending,
    waitFor: (predicate, wait) => log.waitForSeen(predicate, wait),
    waitForAnswer: (predicate, wait) => log.waitForFinished(predicate, wait),
  };
  return { factory, tap };
}

type Unread = ReturnType<LetGo['add']>;

function openTap(session: Session, isLetGo: (cause: unknown, reading: Side) => Unread): Tap {
  let reading: Side = 'client';
  let unread: Unread = () => {};
  const asking = new Asking(session);
  const answering = new Answering(session);
  const client = new FrameReader(keepOfClient, (type, body) => asking.message(type, body), true);
  const server = new FrameReader(
    keepOfServer,
    (type, body) => answering.message(type, body),
    false,
  );
  return {
    clientHandshake: refuseEncryption(),
    upstreamHandshake: withoutChannelBinding,
    fromClient(chunk) {
      reading = 'client';
      if (!asking.cancels) client.push(chunk);
    },
    fromUpstream(chunk) {
      reading = 'server';
      if (!asking.cancels) server.push(chunk);
    },
    ended(cause) {
      if (cause === undefined) answering.lost();
      else {
        unread = isLetGo(cause, reading);
        answering.abandon();
      }
      session.portals.clear();
      session.prepared.clear();
    },
    unread: () => unread(),
  };
}
