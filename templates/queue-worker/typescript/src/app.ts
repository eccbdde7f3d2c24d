import Fastify, { type FastifyInstance } from 'fastify'
import { findJob, insertJob, type JobInput, toJson } from './jobs.js'
import { add } from './queue.js'

export function buildApp(): FastifyInstance {
  const app = Fastify({ logger: { level: 'warn' }, bodyLimit: 262_144 })

  // TODO 2: make every error a problem document (RFC 9457), those that Fastify finds by itself included:
  // app.setErrorHandler(...) and app.setNotFoundHandler(...). A method that a path does not have is 405 with
  // `Allow`; Fastify says 404.

  app.get('/healthz', async () => ({ status: 'ok' }))

  app.post<{ Body: JobInput }>('/jobs', async (request, reply) => {
    // TODO 2: a body that breaks a rule is 422, and says where (`schema: { body: … }`). Nothing is converted: see
    // `coerceTypes` and `removeAdditional` of Fastify's `ajv` option.
    // TODO 7: Idempotency-Key.
    const row = await insertJob(request.body)
    // TODO 5: a job with a delay is stored, and nobody will ever begin it.
    if (!request.body.delayMs) await add(row.id)
    return reply.code(202).header('location', `/jobs/${row.id}`).send(toJson(row))
  })

  app.get<{ Params: { id: string } }>('/jobs/:id', async (request, reply) => {
    const row = await findJob(request.params.id)
    if (row === undefined) return reply.code(404).send()
    return toJson(row)
  })

  // TODO 8: POST /jobs/:id/cancel, POST /jobs/:id/retry and GET /dead-letters.

  return app
}
