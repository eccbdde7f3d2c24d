import { createClient } from 'redis'
import { redisUrl } from './settings.js'

const TIMEOUT_MS = 1_500

export const client = createClient({
  url: redisUrl,
  // Fails at once while there is no connection, rather than keep commands for later.
  disableOfflineQueue: true,
  socket: { connectTimeout: TIMEOUT_MS, reconnectStrategy: (retries) => Math.min(50 * (retries + 1), 500) },
})

client.on('error', (error) => console.error(`redis: ${error.message}`))

/** Sends one command, and rejects where no answer comes in time. */
export async function sendCommand(...words) {
  let timer
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('Redis does not answer')), TIMEOUT_MS)
  })
  try {
    return await Promise.race([client.sendCommand(words), late])
  } finally {
    clearTimeout(timer)
  }
}
