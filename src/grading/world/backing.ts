import type { Pool } from 'pg';
import type { LabManifest } from '../../core/manifest.ts';
import type { PostgresLink } from '../../kit/postgres.ts';
import type { RedisLink } from '../../kit/redis-probe.ts';
import { postgresTap } from '../../network/postgres/tap.ts';
import { type RunningProxy, startProxy } from '../../network/proxy.ts';
import { redisTap } from '../../network/redis/tap.ts';
import type { TapFactory } from '../../network/tap.ts';
import type {
  PostgresDatabase,
  PostgresServer,
  RedisDatabase,
  ServerAddress,
} from '../../services/port.ts';
import type { Services } from '../services.ts';
import { openDatabase, whyNoAnswer } from './database.ts';
import { mended } from './mended.ts';
import { WorldRedis } from './redis.ts';

type Route = { host: string; port: number };

/** Makes what a proxy listens on reachable for the app. */
export type Reach = (proxy: RunningProxy) => Promise<Route>;

/** A world's share of the services, and the proxies before it: one for each process and service. */
export class Backing {
  readonly #services: Services;
  readonly #now: () => number;
  readonly #proxies: RunningProxy[] = [];
  readonly postgresLinks: PostgresLink[] = [];
  readonly redisLinks: RedisLink[] = [];
  #database: PostgresDatabase | undefined;
  #redisDatabase: RedisDatabase | undefined;
  pool: Pool | undefined;
  redis: WorldRedis | undefined;

  constructor(services: Services, now: () => number) {
    this.#services = services;
    this.#now = now;
  }

  /** Settles when all that was begun is known, so that `end` misses nothing. */
  async make(): Promise<void> {
    const { postgres, redis } = this.#services;
    const made = await Promise.allSettled([
      postgres?.createDatabase().then((database) => {
        this.#database = database;
        this.pool = openDatabase(database.grader);
      }),
      redis?.createDatabase().then(async (database) => {
        this.#redisDatabase = database;
        this.redis = await WorldRedis.open(database, () => this.redisLinks);
      }),
    ]);
    for (const outcome of made) if (outcome.status === 'rejected') throw outcome.reason;
  }

  /** The variables that lead one process to its services. */
  async variablesFor(
    process: string,
    declared: LabManifest['services'],
    reach: Reach,
  ): Promise<Record<string, string>> {
    const { postgres } = this.#services;
    const variables: Record<string, string> = {};
    if (postgres !== undefined && declared.postgres !== undefined) {
      const { factory, tap } = postgresTap({ clock: this.#now });
      // Nothing is kept before a check begins to read: in a shared world none does.
      tap.forget();
      const proxy = await this.#proxy(`postgres of ${process}`, postgres.address, factory);
      this.postgresLinks.push({ process, tap, faults: proxy.faults });
      variables[declared.postgres.variable] = postgresUrl(
        postgres,
        this.#database,
        await reach(proxy),
      );
    }
    if (this.#redisDatabase !== undefined && declared.redis !== undefined) {
      const { factory, tap } = redisTap({ clock: this.#now });
      tap.forget();
      const proxy = await this.#proxy(`redis of ${process}`, this.#redisDatabase.address, factory);
      this.redisLinks.push({ process, tap, faults: proxy.faults });
      variables[declared.redis.variable] = redisUrl(this.#redisDatabase, await reach(proxy));
    }
    return variables;
  }

  /** What is gone, in words. */
  async whyLost(): Promise<string | undefined> {
    const [postgres, redis] = await Promise.all([
      this.#services.postgres && whyNoAnswer(this.#services.postgres.admin),
      this.redis?.whyLost(),
    ]);
    if (postgres !== undefined) return `Postgres went away: ${postgres}`;
    return redis === undefined ? undefined : `Redis went away: ${redis}`;
  }

  /** Starts what is dead, and ends every fault. */
  async mend(): Promise<void> {
    await this.redis?.server?.start();
    await Promise.all([
      ...this.postgresLinks.map((link) => mended('Postgres', link)),
      ...this.redisLinks.map((link) => mended('Redis', link)),
    ]);
  }

  async end(): Promise<void> {
    await Promise.allSettled(this.#proxies.map((proxy) => proxy.close()));
    this.redis?.end();
    await this.pool?.end();
    const dropped = await Promise.allSettled([this.#database?.drop(), this.#redisDatabase?.drop()]);
    for (const outcome of dropped) if (outcome.status === 'rejected') throw outcome.reason;
  }

  async #proxy(name: string, upstream: ServerAddress, tap: TapFactory): Promise<RunningProxy> {
    const proxy = await startProxy({ name, upstream, tap });
    this.#proxies.push(proxy);
    return proxy;
  }
}

function postgresUrl(
  { role }: PostgresServer,
  database: PostgresDatabase | undefined,
  { host, port }: Route,
): string {
  return `postgres://${login(role)}@${host}:${port}/${database?.name}?sslmode=disable`;
}

function redisUrl({ role, number }: RedisDatabase, { host, port }: Route): string {
  return `redis://${login(role)}@${host}:${port}/${number}`;
}

function login({ user, password }: { user: string; password: string }): string {
  return `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
}
