import { setTimeout as sleep } from 'node:timers/promises';
import type { Redis, RedisOptions } from 'ioredis';
import { environmentError, messageOf } from '../../core/errors.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { RedisLogin } from '../port.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/** Connects, acts and disconnects. Rejects with why there is no connection, or as the action does. */
export async function withRedis<T>(
  login: RedisLogin,
  action: (client: Redis) => Promise<T>,
): Promise<T> {
  const { Redis } = await import('ioredis');
  const client = new Redis({
    ...connectionOptions(login),
    lazyConnect: true,
    retryStrategy: () => null,
    maxRetriesPerRequest: 0,
    commandTimeout: CONNECT_TIMEOUT_MS,
  });
  // What `connect` rejects with is only that there is none; and it goes on where the login is wrong.
  let problem: Error | undefined;
  client.on('error', (error: Error) => {
    problem ??= error;
  });
  try {
    await client.connect();
    return await action(client);
  } catch (error) {
    throw problem ?? error;
  } finally {
    client.disconnect();
  }
}

/** The login as `ioredis` takes it; it asks nothing of the server by itself. */
function connectionOptions({ address, user, password, number }: RedisLogin): RedisOptions {
  return {
    ...address,
    ...(user !== undefined && { username: user }),
    ...(password !== undefined && { password }),
    db: number,
    connectTimeout: CONNECT_TIMEOUT_MS,
    enableReadyCheck: false,
    disableClientInfo: true,
  };
}

/** What a server answers with, as opposed to that it does not. */
export function isReply(error: unknown): error is Error {
  return error instanceof Error && error.name === 'ReplyError';
}

export interface AnswerOptions {
  signal: AbortSignal;
  timeoutMs: number;
  /** Rejects once waiting is in vain: the server has ended. */
  ended: Promise<never>;
}

/**
 * Settles when the login works.
 * @throws what `ended` rejects with, the signal's reason, or `environment` when time is up or the
 * server refuses the login
 */
export async function waitForRedis(login: RedisLogin, options: AnswerOptions): Promise<void> {
  const { signal, timeoutMs, ended } = options;
  const deadline = performance.now() + timeoutMs;
  for (let pause = 2; ; pause = Math.min(pause * 1.5, 100)) {
    const attempt = withRedis(login, async (client) => client.ping());
    try {
      await orAbort(Promise.race([attempt, ended]), signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      // Rejects if it has ended: that is then why there was no answer.
      await Promise.race([ended, Promise.resolve()]);
      const refused = isReply(error) && !error.message.startsWith('LOADING');
      if (refused || performance.now() > deadline)
        throw environmentError(
          `Redis was started but ${refused ? 'refused a connection' : `answered none in ${timeoutMs / 1000} s`}: ${messageOf(error)}.`,
          { cause: error },
        );
    }
    await orAbort(Promise.race([sleep(pause), ended]), signal);
  }
}

/** Whether anything answers at all, if only that it is not ready. */
export async function answers(login: RedisLogin): Promise<boolean> {
  return withRedis(login, async (client) => client.ping()).then(() => true, isReply);
}

/** `Redis 7.0.15`, `Valkey 8.1.1`. */
export async function versionOf(client: Redis): Promise<string> {
  const info = await client.info('server');
  const valkey = /^valkey_version:(\S+)/m.exec(info)?.[1];
  if (valkey !== undefined) return `Valkey ${valkey}`;
  return `Redis ${/^redis_version:(\S+)/m.exec(info)?.[1] ?? 'unknown'}`;
}
