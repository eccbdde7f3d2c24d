import type { App } from './app.ts';
import type { Http } from './http/client.ts';
import type { PostgresProbe } from './postgres.ts';
import type { Random } from './random.ts';
import type { Sql } from './sql.ts';

/** What every check is given. */
export interface SharedContext {
  /** Speaks to the app's first web process. */
  http: Http;
  /** Asks the lab's database itself, past the proxy, as its administrator. */
  sql: Sql;
  /** Seeded by the run's seed and the check's id. */
  random: Random;
  /** Aborted when the check's or the run's deadline passes. */
  signal: AbortSignal;
  /** Where services come as variables; the same values that the app sees. */
  env: Readonly<Record<string, string>>;
}

/** What a check in a world of its own is given beside that. */
export interface OwnContext extends SharedContext {
  app: App;
  postgres: PostgresProbe;
}
