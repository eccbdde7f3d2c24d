import type { FastifyInstance } from 'fastify'
import { allowOnly } from '../methods.js'
import type { Keys } from './keys.js'

export async function keyRoutes(app: FastifyInstance, { keys }: { keys: Keys }) {
  allowOnly(app, '/.well-known/jwks.json', ['GET', 'HEAD'])

  app.get('/.well-known/jwks.json', async () => ({ keys: keys.published }))
}
