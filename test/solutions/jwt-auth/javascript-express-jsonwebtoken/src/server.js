import { STATUS_CODES, createServer } from 'node:http'
import { createApp } from './app.js'
import { Database } from './database.js'
import { startDraining } from './http/answer.js'
import { documentOf } from './http/problems.js'
import { readSettings } from './settings.js'

let settings
try {
  settings = readSettings(process.env)
} catch (error) {
  console.error(`cannot start: ${error.message}`)
  process.exit(1)
}

const database = new Database(settings.databaseUrl)
// Node's own limit is 16 KiB with the path, and the header fields alone may have so much.
const server = createServer({ maxHeaderSize: 32_768 }, await createApp(settings, database))
server.on('clientError', refuse)
server.listen(settings.port, '0.0.0.0')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

function stop() {
  startDraining()
  server.close(async () => {
    await database.close()
    process.exit(0)
  })
  // A connection may have carried its last answer just before it was told to close.
  setInterval(() => server.closeIdleConnections(), 100)
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => server.closeAllConnections(), 3_000)
  setTimeout(() => process.exit(0), 4_000)
}

/** What Node cannot read as a request does not reach the app. */
function refuse(error, socket) {
  if (!socket.writable) return socket.destroy()
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const body = JSON.stringify(documentOf(status))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/problem+json\r\n` +
      `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}
