import { buildApp } from './app.js'
import { Limiter } from './limits/limiter.js'
import { connectRedis } from './redis.js'
import { readSettings } from './settings.js'

const settings = readSettings(process.env)
const redis = connectRedis(settings.redisUrl)
const app = buildApp(settings, new Limiter(redis))

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await app.listen({ port: Number(process.env.PORT ?? 3000), host: '0.0.0.0' })

async function stop(): Promise<void> {
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => app.server.closeAllConnections(), 3_000).unref()
  setTimeout(() => process.exit(0), 4_000).unref()
  await app.close()
  redis.disconnect()
  process.exit(0)
}
