import { createClient } from '@redis/client'
import { redisTimeout } from './settings.js'

export const redis = createClient({
  url: process.env.REDIS_URL,
  // Without a connection a command fails at once.
  disableOfflineQueue: true,
  pingInterval: 1_000,
  socket: {
    connectTimeout: 1_000,
    // The pings see to it that a connection is this quiet only when nobody is there.
    socketTimeout: 3_000,
    reconnectStrategy: 200,
  },
})
redis.on('error', (error) => console.error(`redis: ${error.message || error.code}`))

/** Begins to connect, and waits for a second at most: without Redis the app works too. */
export async function connectRedis() {
  const connecting = redis.connect().catch(() => {})
  await Promise.race([connecting, new Promise((resolve) => setTimeout(resolve, 1_000).unref())])
}

/** Gives all waits of one request together so much time, and no more. */
export function patience() {
  let left = redisTimeout
  return async (promise) => {
    const begin = performance.now()
    let timer
    const expired = new Promise((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('Redis is too slow')), left)
    })
    // The command may still fail when nobody waits for it any more.
    promise.catch(() => {})
    try {
      return await Promise.race([promise, expired])
    } finally {
      clearTimeout(timer)
      left -= performance.now() - begin
    }
  }
}
