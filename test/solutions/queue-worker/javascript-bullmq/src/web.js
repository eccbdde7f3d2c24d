import { createServer } from 'node:http'
import { buildApp } from './app.js'
import { Broker, connectBriefly } from './broker.js'
import { openDatabase } from './database.js'
import { extendSchema } from './schema.js'
import { port } from './settings.js'

openDatabase({ milliseconds: 2_400, connections: 10 })
const server = createServer(buildApp(new Broker(connectBriefly())))

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

await extendSchema()
server.listen(port, '0.0.0.0')

function stop() {
  server.close(() => process.exit(0))
  // A keep-alive connection may fall idle after the server began to close.
  setInterval(() => server.closeIdleConnections(), 100)
  setTimeout(() => server.closeAllConnections(), 3_000)
}
