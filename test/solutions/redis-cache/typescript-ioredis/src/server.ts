import { buildApp } from './app.js'
import { connected, connectRedis } from './cache/client.js'
import { ReadThrough } from './cache/read-through.js'
import { Database } from './database.js'
import { readSettings } from './settings.js'

const settings = readSettings(process.env)
const database = new Database(settings.databaseUrl)
const redis = connectRedis(settings.redisUrl)
const app = buildApp({ database, cache: new ReadThrough(redis, settings.cache) })

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await connected(redis, 1_000)
await app.listen({ port: settings.port, host: '0.0.0.0' })

async function stop(): Promise<void> {
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => app.server.closeAllConnections(), 3_000).unref()
  setTimeout(() => process.exit(0), 4_000).unref()
  await app.close()
  // Not `quit`: that waits for an answer.
  redis.disconnect()
  await database.close()
  process.exit(0)
}
