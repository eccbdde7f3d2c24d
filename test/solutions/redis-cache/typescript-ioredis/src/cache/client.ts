import { Redis } from 'ioredis'

const RECONNECT_AFTER_MS = 200

/** A client whose commands fail at once while there is no connection, and that never gives up connecting. */
export function connectRedis(url: string): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Its INFO is an administrator's command, and this Redis is not ours alone.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    // A server that does not answer is left, for a connection to one that does.
    socketTimeout: 2_500,
    retryStrategy: () => RECONNECT_AFTER_MS,
  })
  // Without a listener each failed attempt would be printed with its stack.
  redis.on('error', (error) => console.error(`redis: ${error.message || error.name}`))
  return redis
}

/** Settles when the client is connected, or after so many milliseconds. */
export async function connected(redis: Redis, withinMs: number): Promise<void> {
  if (redis.status === 'ready') return
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, withinMs)
    redis.once('ready', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}
