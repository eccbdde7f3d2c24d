import { type LetGo, letGo } from '../let-go.ts';
import { type Observation, observationOf } from '../observation.ts';
import type { Side } from '../protocol-error.ts';
import type { Tap, TapFactory } from '../tap.ts';
import type { WaitOptions } from '../waits.ts';
import { Answering } from './answering.ts';
import { Asking } from './asking.ts';
import { Budget } from './budget.ts';
import type { CommandRecord, SeenCommand } from './command.ts';
import { CommandLog } from './log.ts';
import { ReplyReader } from './replies.ts';
import { RequestReader } from './requests.ts';
import { Session, type Shared } from './session.ts';

/** What has been said to a Redis server, through all connections of a proxy. */
export interface RedisTap extends Observation<CommandRecord> {
  /**
   * The answered commands, in the order of their answers; those of a transaction come
   * just before its EXEC. Those that never ran are left out: a transaction's that was
   * discarded, or whose EXEC was refused or aborted.
   */
  commands(): readonly CommandRecord[];
  /** Sent by clients and not yet answered, and queued in transactions. */
  pending(): readonly SeenCommand[];
  /**
   * The first matching command that is pending, or will be seen from a client. It may
   * be that it never reaches the server. Rejects with a WaitTimeout, or the signal's
   * reason.
   */
  waitFor(predicate: (command: SeenCommand) => boolean, options: WaitOptions): Promise<SeenCommand>;
  /** As `waitFor`, for the next command that is answered. */
  waitForAnswer(
    predicate: (record: CommandRecord) => boolean,
    options: WaitOptions,
  ): Promise<CommandRecord>;
}

/**
 * Reads the traffic of Redis, RESP2 and RESP3, and counts its commands.
 *
 * Source: Redis documentation, "Redis serialization protocol specification".
 *
 * @param options.clock Milliseconds from some moment on; `performance.now` by default.
 * @param options.most How many commands to keep, and how many to follow that wait for an answer.
 */
export function redisTap(options: { readonly clock?: () => number; readonly most?: number } = {}): {
  readonly factory: TapFactory;
  readonly tap: RedisTap;
} {
  const { clock = () => performance.now(), most } = options;
  const log = new CommandLog(most);
  const budget = new Budget();
  const shared: Shared = { log, budget, clock };
  const lost = letGo(log.answered);

  const factory: TapFactory = {
    open: (connection) =>
      openTap(new Session(connection, shared), (cause, reading) =>
        lost.add(connection, cause, reading),
      ),
  };
  const tap: RedisTap = {
    ...observationOf<CommandRecord>(log, lost, budget, 'commands'),
    commands: () => [...log.answered.kept],
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
  const client = new RequestReader((words) => {
    asking.command(words);
    answering.settle();
  });
  const server = new ReplyReader(answering);
  return {
    fromClient(chunk) {
      reading = 'client';
      client.push(chunk);
    },
    fromUpstream(chunk) {
      reading = 'server';
      server.push(chunk);
    },
    ended(cause) {
      if (cause === undefined) return answering.lost();
      unread = isLetGo(cause, reading);
      answering.abandon();
    },
    unread: () => unread(),
  };
}
