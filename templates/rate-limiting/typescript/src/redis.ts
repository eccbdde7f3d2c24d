import { Redis } from 'ioredis'
import { settings } from './settings.js'

/** Nothing uses it yet. It connects at the first command. */
export const redis = new Redis(settings.redisUrl, { lazyConnect: true })

// TODO 7: how long does a command wait while Redis is away, or says nothing? (commandTimeout, maxRetriesPerRequest)
// What becomes of the process when the connection breaks and nobody listens? (redis.on('error', ...))
