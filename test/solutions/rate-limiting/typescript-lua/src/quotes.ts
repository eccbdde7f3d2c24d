import type { FastifyInstance } from 'fastify'

const quotes = [
  { text: 'Simplicity is prerequisite for reliability.', author: 'Edsger W. Dijkstra' },
  { text: 'The purpose of computing is insight, not numbers.', author: 'Richard Hamming' },
  { text: 'A program is never less than 90 % complete, and never more than 95 % complete.', author: 'Terry Baker' },
]

export async function quoteRoutes(app: FastifyInstance) {
  app.get('/quotes', async () => ({ items: quotes }))
  app.get('/quotes/random', async () => quotes[Math.floor(Math.random() * quotes.length)])
}
