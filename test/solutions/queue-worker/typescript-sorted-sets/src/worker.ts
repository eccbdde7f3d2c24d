import { Database } from './database.js'
import { connectRedis } from './queue/client.js'
import { Queue } from './queue/queue.js'
import { extendSchemaWhenPossible } from './schema.js'
import { readSettings } from './settings.js'
import { every } from './worker/every.js'
import { Leases } from './worker/leases.js'
import { Reaper } from './worker/reaper.js'
import { refill } from './worker/refill.js'
import { takeJobs } from './worker/runner.js'
import { Slots } from './worker/slots.js'

const settings = readSettings(process.env)
// A connection for each job, and some for what goes on besides.
const database = new Database(settings.databaseUrl, { deadline: 4_000, connections: settings.concurrency + 4 })
const redis = connectRedis(settings.redisUrl, 1_500)
// It is silent for a second while it waits for a job.
const blocking = connectRedis(settings.redisUrl, 3_000)
const queue = new Queue(redis)
const leases = new Leases(database, settings.lease)
const reaper = new Reaper(database, queue, settings.lease)
const slots = new Slots(settings.concurrency)
const stopping = new AbortController()

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await extendSchemaWhenPossible(database, stopping.signal)

const chores = [
  every(settings.lease / 3, 'leases', () => leases.renew()),
  every(200, 'delayed jobs', () => queue.promote()),
  every(400, 'lost workers', () => reaper.reap()),
  every(500, 'forgotten jobs', () => refill(database, queue)),
]

await takeJobs({ database, queue, blocking, leases, slots, settings }, stopping.signal)
await slots.empty()
for (const chore of chores) chore.stop()
process.exit(0)

function stop(): void {
  stopping.abort()
  // Whoever waits for a job here is not given one any more.
  blocking.disconnect()
}
