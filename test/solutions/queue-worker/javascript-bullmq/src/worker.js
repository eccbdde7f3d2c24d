import { Worker } from 'bullmq'
import { Broker, connectBriefly, connectPatiently, QUEUE } from './broker.js'
import { openDatabase } from './database.js'
import { backoffStrategy, processJob } from './processor.js'
import { reconcile } from './reconcile.js'
import { extendSchema } from './schema.js'
import { concurrency, lease, maxAttempts } from './settings.js'

openDatabase({ milliseconds: 4_000, connections: concurrency + 3 })
const worker = new Worker(QUEUE, processJob, {
  connection: connectPatiently(),
  autorun: false,
  skipVersionCheck: true,
  concurrency,
  // A worker that has been silent for so long has lost its jobs. The lock is renewed at half of it.
  lockDuration: lease,
  // It takes two checks until a job counts as stalled. A fraction would end in an error of Redis.
  stalledInterval: Math.floor(lease / 2),
  // Postgres counts the attempts, lost ones among them.
  maxStalledCount: maxAttempts,
  // Seconds.
  drainDelay: 1,
  settings: { backoffStrategy },
})
worker.on('error', (error) => console.error(`bullmq: ${error.message}`))

const stopping = new AbortController()
process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await extendSchema()
void reconcile(new Broker(connectBriefly()), stopping.signal)
void worker.run()

async function stop() {
  stopping.abort()
  // Waits for the jobs that this worker has.
  await worker.close()
  process.exit(0)
}
