import type { FastifyInstance, HTTPMethods } from 'fastify'
import { methodNotAllowed } from './problems.js'

const METHODS: HTTPMethods[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']

/** Answers 405 to every method of the path but these. */
export function allowOnly(app: FastifyInstance, url: string, allowed: HTTPMethods[]): void {
  app.route({
    url,
    method: METHODS.filter((method) => !allowed.includes(method)),
    exposeHeadRoute: false,
    // In a hook, not in the handler: the answer must not depend on the body.
    onRequest: async () => {
      throw methodNotAllowed(allowed.join(', '))
    },
    handler: () => {},
  })
}
