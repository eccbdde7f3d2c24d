import type { RedisConnection } from '../../kit/redis.ts';
import type { RedisLogin } from '../../services/port.ts';

const ANSWER_MS = 5_000;

export interface OpenRedis extends RedisConnection {
  end(): void;
}

/** The grader's own connection to one database; it opens when asked and must be ended. */
export async function openRedis({
  address,
  user,
  password,
  number,
}: RedisLogin): Promise<OpenRedis> {
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
