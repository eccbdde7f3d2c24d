import { Redis } from 'ioredis'
import { complain } from '../complain.js'

const RECONNECT_AFTER_MS = 200

/**
 * A client whose commands fail at once while there is no connection, and that never gives up connecting.
 * A server that has not answered for `silence` milliseconds is left, for a connection to one that does.
 */
export function connectRedis(url: string, silence: number): Redis {
  const redis = new Redis(url, {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    // Its INFO is an administrator's command, and this Redis is not ours alone.
    enableReadyCheck: false,
    maxRetriesPerRequest: 0,
    connectTimeout: 1_000,
    socketTimeout: silence,
    retryStrategy: () => RECONNECT_AFTER_MS,
  })
  // Without a listener each failed attempt would be printed with its stack.
  redis.on('error', (error) => complain('redis', error))
  return redis
}
