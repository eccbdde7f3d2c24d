import { Redis } from 'ioredis';
import { messageOf } from '../../core/errors.ts';
import type { RedisConnection } from '../../kit/redis.ts';
import type { RedisLogin } from '../../services/port.ts';

const ANSWER_MS = 5_000;

export interface OpenRedis extends RedisConnection {
  end(): void;
}

/** The grader's own connection to one database; it opens when asked and must be ended. */
export function openRedis({ address, user, password, number }: RedisLogin): OpenRedis {
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

/** Undefined if the server answers, past the proxy and whatever fault is on. */
export async function whyNoRedis(redis: RedisConnection): Promise<string | undefined> {
  try {
    await redis.send('PING', []);
    return undefined;
  } catch (error) {
    const message = messageOf(error);
    // A script of the app's that does not end is not a server that is gone.
    return message.startsWith('BUSY') ? undefined : message;
  }
}
