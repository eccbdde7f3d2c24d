import type { FastifyInstance } from 'fastify'
import type { Database } from '../database.js'
import { allowOnly } from './methods.js'

export async function healthRoutes(app: FastifyInstance, { database }: { database: Database }) {
  app.get('/healthz', async () => {
    await database.run((session) => session.query('SELECT 1'))
    return { status: 'ok' }
  })
  allowOnly(app, '/healthz', ['GET', 'HEAD'])
}
