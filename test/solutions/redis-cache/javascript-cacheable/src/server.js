import { createServer } from 'node:http'
import express from 'express'
import { closeDatabase, query } from './database.js'
import { allow, answer, answerProblem, notFound, startDraining } from './http.js'
import { products } from './products.js'
import { connectRedis, redis } from './redis.js'

const app = express()
app.disable('x-powered-by')
app
  .route('/healthz')
  .get(async (_req, res) => {
    await query('SELECT 1')
    answer(res, 200, { status: 'ok' })
  })
  .all(allow('GET', 'HEAD'))
app.use(products)
app.use(() => {
  throw notFound('There is nothing at this path.')
})
app.use(answerProblem)

await connectRedis()
const server = createServer(app)
server.listen(Number(process.env.PORT ?? 3000), '0.0.0.0')

process.once('SIGTERM', stop)
process.once('SIGINT', stop)

function stop() {
  startDraining()
  server.close(async () => {
    // Not `close`: that waits for the answers which are still due.
    redis.destroy()
    await closeDatabase()
    process.exit(0)
  })
  // A connection may have carried its last answer just before it was told to close.
  setInterval(() => server.closeIdleConnections(), 100)
  // Whoever has not sent the rest of a request by then will not.
  setTimeout(() => server.closeAllConnections(), 3_000)
  setTimeout(() => process.exit(0), 4_000)
}
