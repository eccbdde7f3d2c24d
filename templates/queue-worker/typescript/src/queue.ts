import { Redis } from 'ioredis'
import { settings } from './settings.js'

const QUEUE = 'queue'

/** It connects at the first command. */
const redis = new Redis(settings.redisUrl, { lazyConnect: true })
redis.on('error', (error) => console.error(`redis: ${error.message}`))

// TODO 9: Redis will go away, and come back. How long does `add` wait meanwhile? (commandTimeout, maxRetriesPerRequest)
// What was answered 202 has to be done all the same: let the workers look for jobs that nobody could tell them of.

export async function add(id: string): Promise<void> {
  // TODO 5: priority 1 goes first, and nothing goes before its `run_at`. A list cannot know; a sorted set can (ZADD,
  // BZPOPMIN).
  await redis.lpush(QUEUE, id)
}

/** The id of the next job, once there is one. The connection is for this alone: it blocks. */
export async function take(): Promise<string> {
  for (;;) {
    // TODO 6: from here on the job is in this process, and nowhere else. What if it dies now?
    const popped = await redis.brpop(QUEUE, 5)
    if (popped !== null) return popped[1]
  }
}
