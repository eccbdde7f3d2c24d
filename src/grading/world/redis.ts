import { bug, messageOf } from '../../core/errors.ts';
import type { RedisConnection } from '../../kit/redis.ts';
import type { RedisLink } from '../../kit/redis-probe.ts';
import type { RedisServer } from '../../kit/redis-server.ts';
import type { RedisDatabase, RedisLogin, ServerControl } from '../../services/port.ts';
import { mended } from './mended.ts';

const ANSWER_MS = 5_000;

/** A world's Redis, which a check may kill and start again. */
export class WorldRedis implements RedisConnection {
  readonly server?: RedisServer;
  readonly #links: () => readonly RedisLink[];
  readonly #login: RedisLogin;
  #client: OpenRedis;
  #killed = false;
  /** One after another, also for a check that ran out of time and the world that is mended after it. */
  #turn = Promise.resolve();

  private constructor(
    { admin, server }: RedisDatabase,
    client: OpenRedis,
    links: () => readonly RedisLink[],
  ) {
    this.#login = admin;
    this.#client = client;
    this.#links = links;
    if (server !== undefined)
      this.server = {
        kill: () => this.#inTurn(() => this.#kill(server)),
        start: () => this.#inTurn(() => this.#start(server)),
      };
  }

  static async open(
    database: RedisDatabase,
    links: () => readonly RedisLink[],
  ): Promise<WorldRedis> {
    return new WorldRedis(database, await openRedis(database.admin), links);
  }

  async send(...command: Parameters<RedisConnection['send']>): Promise<unknown> {
    if (this.#killed)
      throw bug('The check asks a Redis that it has killed, and not started again.');
    return this.#client.send(...command);
  }

  /** Undefined if the server answers, past the proxy and whatever fault is on, or is to be dead. */
  async whyLost(): Promise<string | undefined> {
    if (this.#killed) return undefined;
    try {
      await this.#client.send('PING', []);
      return undefined;
    } catch (error) {
      const message = messageOf(error);
      // A script of the app's that does not end is not a server that is gone.
      return this.#killed || message.startsWith('BUSY') ? undefined : message;
    }
  }

  end(): void {
    this.#client.end();
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(act);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Refused before it is dead: behind a dead one, a proxy would accept and then reset. */
  async #kill(server: ServerControl): Promise<void> {
    if (this.#killed) return;
    this.#killed = true;
    for (const { faults } of this.#links()) faults.refuse();
    this.#client.end();
    await server.kill();
    for (const { faults } of this.#links()) faults.reset();
  }

  async #start(server: ServerControl): Promise<void> {
    if (!this.#killed) return;
    await server.start();
    this.#client = await openRedis(this.#login);
    this.#killed = false;
    await Promise.all(this.#links().map((link) => mended('Redis', link)));
  }
}

interface OpenRedis extends RedisConnection {
  end(): void;
}

/** The grader's own connection to one database; it opens when asked and must be ended. */
async function openRedis({ address, user, password, number }: RedisLogin): Promise<OpenRedis> {
  const { Redis } = await import('ioredis');
  const client = new Redis({
    ...address,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    db: number,
    lazyConnect: true,
    connectTimeout: ANSWER_MS,
    commandTimeout: ANSWER_MS,
    maxRetriesPerRequest: 1,
    retryStrategy: (times) => Math.min(times * 20, 500),
    enableReadyCheck: false,
    disableClientInfo: true,
  });
  // Without it, what `send` rejects with says how often was tried, and not why in vain.
  let problem: Error | undefined;
  client.on('error', (error: Error) => {
    problem = error;
  });
  client.on('ready', () => {
    problem = undefined;
  });
  return {
    send: async (name, args) => {
      try {
        return await client.call(name, ...args);
      } catch (error) {
        throw error instanceof Error && error.name === 'ReplyError' ? error : (problem ?? error);
      }
    },
    end: () => client.disconnect(),
  };
}
