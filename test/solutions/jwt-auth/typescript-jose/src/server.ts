import { buildApp } from './app.js'
import { Database } from './database.js'
import { readSettings, type Settings } from './settings.js'

const settings = settingsOrExit()
const app = await buildApp(settings, new Database(settings.databaseUrl))

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await app.listen({ port: settings.port, host: '0.0.0.0' })

function settingsOrExit(): Settings {
  try {
    return readSettings(process.env)
  } catch (error) {
    console.error(`cannot start: ${(error as Error).message}`)
    process.exit(1)
  }
}

async function stop(): Promise<void> {
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => app.server.closeAllConnections(), 3_000).unref()
  setTimeout(() => process.exit(0), 4_000).unref()
  await app.close()
  process.exit(0)
}
