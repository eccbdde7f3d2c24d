import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Problem } from './problems.js'

/** Options of a route that needs a body of this schema. */
export function takes(body: object) {
  return {
    schema: { body },
    preValidation: async (request: FastifyRequest) => {
      if (request.body === undefined) throw new Problem(415, 'Send a body with a Content-Type.')
    },
  }
}

/** From here on no route of `app` looks at a body, whatever it is. */
export function ignoreBodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('*', (_request, payload, done) => {
    payload.resume()
    done(null)
  })
}

/** Postgres has no U+0000, and UTF-8 no unpaired surrogates. */
export const isStorable = (value: string) => value.isWellFormed() && !value.includes('\0')

export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
