import { Queue } from 'bullmq'
import { Redis } from 'ioredis'
import { maxAttempts, redisUrl } from './settings.js'

export const QUEUE = 'jobs'

/** How long whoever adds jobs waits for Redis. */
const SILENCE_MS = 2_400

/** For a worker: commands wait until there is a connection, which is what BullMQ expects. */
export const connectPatiently = () =>
  connect({
    maxRetriesPerRequest: null,
    // Longer than a worker waits for a job, which is ten seconds. A server that says nothing for so long is left.
    socketTimeout: 12_000,
  })

/** For whoever adds jobs: commands fail where there is no connection. */
export const connectBriefly = () =>
  connect({
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    socketTimeout: SILENCE_MS,
  })

function connect(options) {
  const redis = new Redis(redisUrl, { connectTimeout: 1_000, retryStrategy: () => 200, ...options })
  redis.on('error', (error) => console.error(`redis: ${error.message || error.code}`))
  return redis
}

export class Broker {
  #queue

  constructor(connection) {
    this.#queue = new Queue(QUEUE, {
      connection,
      skipVersionCheck: true,
      defaultJobOptions: {
        attempts: maxAttempts,
        backoff: { type: 'custom' },
        // Postgres keeps them.
        removeOnComplete: true,
        removeOnFail: true,
      },
    })
    this.#queue.on('error', () => {})
  }

  /** Does nothing for a job that is there already. Rejects where Redis does not answer in `patience` milliseconds. */
  async add(row, patience = SILENCE_MS) {
    // Any delay, however short, costs the job its place among those of its priority.
    const delay = row.wait < 1 ? 0 : Math.ceil(row.wait)
    const data = { id: row.id, round: row.earlier_attempts }
    await soon(this.#queue.add(row.type, data, { jobId: keyOf(row), priority: row.priority, delay }), patience)
  }

  async remove(row) {
    await soon(this.#queue.remove(keyOf(row)), SILENCE_MS)
  }
}

/** A retry is a job of its own to BullMQ: the dead one may not have been removed yet. */
const keyOf = ({ id, earlier_attempts }) => `${id}-${earlier_attempts}`

async function soon(promise, patience) {
  let timer
  const expired = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('Redis does not answer')), patience)
  })
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}
