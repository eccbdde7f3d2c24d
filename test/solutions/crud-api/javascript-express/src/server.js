import { createServer } from 'node:http'
import { createApp } from './app.js'
import { closeDatabase } from './database.js'
import { startDraining } from './http/answer.js'

const server = createServer(createApp())
server.listen(Number(process.env.PORT ?? 3000), '0.0.0.0')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

function stop() {
  startDraining()
  server.close(async () => {
    await closeDatabase()
    process.exit(0)
  })
  // A connection may have carried its last answer just before it was told to close.
  setInterval(() => server.closeIdleConnections(), 100)
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => server.closeAllConnections(), 3_000)
  setTimeout(() => process.exit(0), 4_000)
}
