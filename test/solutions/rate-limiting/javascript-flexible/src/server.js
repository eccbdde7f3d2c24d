import { createServer } from 'node:http'
import { app } from './app.js'
import { redis } from './redis.js'
import { port } from './settings.js'

const server = createServer(app)
server.listen(port, '0.0.0.0')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

function stop() {
  server.close(() => {
    redis.disconnect()
    process.exit(0)
  })
  // A keep-alive connection may fall idle after the server began to close.
  setInterval(() => server.closeIdleConnections(), 100)
  setTimeout(() => server.closeAllConnections(), 3_000)
}
