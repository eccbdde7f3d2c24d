import type { FastifyRequest } from 'fastify'
import { badRequest } from '../problems.js'

const KEY = /^[A-Za-z0-9._:-]{1,64}$/

/** Who sends the request: a key's name, or an address. The prefix keeps a key apart from an address spelled like it. */
export function clientOf(request: FastifyRequest): string {
  const key = request.headers['x-api-key']
  if (key === undefined) return `address:${request.ip}`
  if (typeof key !== 'string' || !KEY.test(key)) throw badRequest('X-Api-Key is not a key.')
  return `key:${key}`
}
