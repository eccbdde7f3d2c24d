import { Redis } from 'ioredis'
import { redisUrl } from './settings.js'

const TIMEOUT_MS = 1_500

export const redis = new Redis(redisUrl, {
  connectTimeout: TIMEOUT_MS,
  commandTimeout: TIMEOUT_MS,
  maxRetriesPerRequest: 0,
  retryStrategy: () => 250,
})

redis.on('error', (error) => console.error(`redis: ${error.message}`))
