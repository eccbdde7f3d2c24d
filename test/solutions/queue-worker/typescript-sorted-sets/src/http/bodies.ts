import type { FastifyInstance } from 'fastify'
import { badRequest } from './problems.js'

/** `app` takes JSON, and nothing else. */
export function acceptJson(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => {
    try {
      return JSON.parse(utf8.decode(body)) as unknown
    } catch {
      throw badRequest('The body is not JSON.')
    }
  })
}

/** `app` takes any body, and does not look at it. */
export function ignoreBody(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', async (_request: unknown, body: NodeJS.ReadableStream) => {
    body.resume()
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
