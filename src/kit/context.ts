import type { App } from './app.ts';
import type { Http } from './http/client.ts';
import type { Listen } from './listener.ts';
import type { PostgresProbe } from './postgres.ts';
import type { Random } from './random.ts';
import type { Redis } from './redis.ts';
import type { RedisProbe } from './redis-probe.ts';
import type { RedisServer } from './redis-server.ts';
import type { Sql } from './sql.ts';

/** What every check is given. */
export interface SharedContext {
  /** Speaks to the app's first web process; `http.to('web.2')` to another. */
  http: Http;
  /** Asks the lab's database itself, past the proxy, with the rights that the app has. */
  sql: Sql;
  /** Asks the lab's Redis itself, past the proxy. */
  redis: Redis;
  /** Seeded by the run's seed and the check's id. */
  random: Random;
  /** Aborted when the check's or the run's deadline passes. */
  signal: AbortSignal;
  /**
   * Where services come as variables, and the grader's settings: the same values that the app's first
   * web process sees. Empty where the server that is graded is not ours.
   */
  env: Readonly<Record<string, string>>;
}

/** What a check in a world of its own is given beside that. */
export interface OwnContext extends SharedContext {
  app: App;
  /** Opens a web server of the grader's that the app could reach: what calls there, was sent there. */
  listen: Listen;
  postgres: PostgresProbe;
  redis: Redis & RedisProbe & { server: RedisServer };
}
