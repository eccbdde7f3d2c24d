import { buildApp } from './app.js'
import { Database } from './database.js'

const { DATABASE_URL, PORT = '3000' } = process.env
if (DATABASE_URL === undefined) throw new Error('DATABASE_URL is not set')

const app = buildApp(new Database(DATABASE_URL))

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await app.listen({ port: Number(PORT), host: '0.0.0.0' })

async function stop(): Promise<void> {
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => app.server.closeAllConnections(), 3_000).unref()
  setTimeout(() => process.exit(0), 4_000).unref()
  await app.close()
  process.exit(0)
}
