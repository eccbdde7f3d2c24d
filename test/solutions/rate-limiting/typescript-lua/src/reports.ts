import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'

const body = {
  type: 'object',
  required: ['title'],
  additionalProperties: false,
  properties: { title: { type: 'string', minLength: 1, maxLength: 200 } },
}

export async function reportRoutes(app: FastifyInstance) {
  app.post<{ Body: { title: string } }>('/reports', { schema: { body } }, async (request, reply) => {
    reply.code(202)
    return { id: randomUUID(), title: request.body.title }
  })
}
