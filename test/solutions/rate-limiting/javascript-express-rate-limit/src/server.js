import { createServer } from 'node:http'
import { client } from './redis.js'
import { port } from './settings.js'

await client.connect()
// The stores load their scripts when they are made.
const { app } = await import('./app.js')

const server = createServer(app)
server.listen(port, '0.0.0.0')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

function stop() {
  server.close(() => {
    client.destroy()
    process.exit(0)
  })
  // A keep-alive connection may fall idle after the server began to close.
  setInterval(() => server.closeIdleConnections(), 100)
  setTimeout(() => server.closeAllConnections(), 3_000)
}
