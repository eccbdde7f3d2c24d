import type { FastifyInstance } from 'fastify'
import { badRequest } from './problems.js'

/** From here on `app` takes this media type, and no other that it was not told of. */
export function acceptJson(app: FastifyInstance, mediaType: string): void {
  app.removeContentTypeParser(['text/plain', mediaType])
  app.addContentTypeParser(mediaType, { parseAs: 'buffer' }, async (_request: unknown, body: Buffer) => {
    try {
      return JSON.parse(utf8.decode(body)) as unknown
    } catch {
      throw badRequest('The body is not JSON.')
    }
  })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
