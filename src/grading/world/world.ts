import type { Pool } from 'pg';
import type { Route } from '../../apps/port.ts';
import type { LogRecord } from '../../core/log-record.ts';
import type { AppProcess } from '../../kit/app.ts';
import type { PostgresLink } from '../../kit/postgres.ts';
import type { RedisConnection } from '../../kit/redis.ts';
import type { RedisLink } from '../../kit/redis-probe.ts';
import type { RedisServer } from '../../kit/redis-server.ts';

/** Databases, the proxies before it, and the app's processes: all that a stage's checks see. */
export interface World {
  /** `shared`, or the stage's id. */
  readonly id: string;
  readonly log: LogRecord;
  /** What the first web process was given, services included. */
  readonly env: Readonly<Record<string, string>>;
  /** Origin of a web process, the first where none is named. Throws a RangeError where there is none. */
  origin(process?: string): string;
  /** Names of the processes that speak HTTP: `web.1`, `web.2`. */
  readonly web: readonly string[];
  /** The grader's own way to the database; undefined where the lab has none. */
  readonly database: Pool | undefined;
  /** The same to Redis; its server where we started it. */
  readonly redis: (RedisConnection & { readonly server?: RedisServer }) | undefined;
  /** Makes a server that listens on this machine reachable for the app. */
  reach(server: { host: string; port: number }): Promise<Route>;
  postgresLinks(): readonly PostgresLink[];
  redisLinks(): readonly RedisLink[];
  /**
   * Facades of the processes, for one check: `since` is the moment from which they show the log, and
   * once `signal` is aborted, where one is given, they do nothing more.
   */
  processes(since: number, signal?: AbortSignal): readonly AppProcess[];
  /** What of ours is gone, and why: the services, or the place where the app runs. */
  whyLost(): Promise<string | undefined>;
  /** How often a process ended that nobody had told to. */
  readonly crashes: number;
  /** True while a process has ended and was not started again. */
  readonly down: boolean;
  /**
   * Ends every fault, wakes what was paused, starts what has ended.
   * @throws {AppStartError} the app does not come up again
   */
  heal(): Promise<void>;
}
