import { Database } from './database.js'
import { buildApp } from './http/app.js'
import { connectRedis } from './queue/client.js'
import { Queue } from './queue/queue.js'
import { extendSchemaWhenPossible } from './schema.js'
import { readSettings } from './settings.js'

const settings = readSettings(process.env)
// A request has to be answered within three seconds.
const database = new Database(settings.databaseUrl, { deadline: 2_400, connections: 10 })
const redis = connectRedis(settings.redisUrl, 2_400)
const app = buildApp({ database, queue: new Queue(redis), settings })
const stopping = new AbortController()

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await extendSchemaWhenPossible(database, stopping.signal)
if (!stopping.signal.aborted) await app.listen({ port: settings.port, host: '0.0.0.0' })

async function stop(): Promise<void> {
  stopping.abort()
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => app.server.closeAllConnections(), 3_000).unref()
  setTimeout(() => process.exit(0), 4_000).unref()
  await app.close()
  // Not `quit`: that waits for an answer.
  redis.disconnect()
  await database.close()
  process.exit(0)
}
