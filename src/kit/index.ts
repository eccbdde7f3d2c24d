/** What a grader imports. */
export type { CheckInfo, Reference } from '../core/check.ts';
export { CheckFailure, NotAvailable } from '../core/failure.ts';
export type { App, AppExit, AppProcess } from './app.ts';
export type { OwnContext, SharedContext } from './context.ts';
export { type ExitLimits, expectCleanExit } from './expect/exit.ts';
export { expect } from './expect/expect.ts';
export {
  type Check,
  defineGrader,
  defineStage,
  type Grader,
  type Settings,
  type Stage,
} from './grader.ts';
export type { Http, RequestOptions } from './http/client.ts';
export { Response } from './http/response.ts';
export type { Listener } from './listener.ts';
export { type HeldRow, holdRow, holdTable, type RowName } from './locks.ts';
export { type PostgresProbe, type StatementRecord, statementLines } from './postgres.ts';
export type { Random } from './random.ts';
export type { Redis, RedisArgument } from './redis.ts';
export { type CommandRecord, commandLines, type RedisProbe } from './redis-probe.ts';
export type { RedisServer } from './redis-server.ts';
export { expectNoTimeout, PerhapsStalled, untilInTime } from './rounds.ts';
export type { Sql, SqlRow } from './sql.ts';
export { attempt, concurrently, eventually } from './time.ts';
