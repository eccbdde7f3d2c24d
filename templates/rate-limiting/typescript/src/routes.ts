import { randomUUID } from 'node:crypto'
import type { FastifyInstance } from 'fastify'
import { limit } from './limits.js'
import { settings } from './settings.js'

const quotes = [
  { text: 'Simplicity is prerequisite for reliability.', author: 'Edsger W. Dijkstra' },
  { text: 'The purpose of computing is insight, not numbers.', author: 'Richard Hamming' },
]

export async function quoteRoutes(app: FastifyInstance) {
  app.addHook('onRequest', (request, reply) => limit(settings.default, request, reply))

  app.get('/quotes', async () => ({ items: quotes }))
  app.get('/quotes/random', async () => quotes[Math.floor(Math.random() * quotes.length)])
}

export async function reportRoutes(app: FastifyInstance) {
  app.addHook('onRequest', (request, reply) => limit(settings.strict, request, reply))

  app.post<{ Body: { title: string } }>('/reports', async (request, reply) => {
    // TODO 6: a title is a string of 1 to 200 characters, and there are no other fields. What breaks that is 422,
    // and has cost the client a request all the same.
    reply.code(202)
    return { id: randomUUID(), title: request.body.title }
  })
}
