import { STATUS_CODES } from 'node:http'
import { isOutage } from '../database.js'
import { answer } from './answer.js'

/** An answer that is not the one hoped for (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} [detail]
   * @param {Record<string, string>} [headers]
   */
  constructor(status, detail, headers) {
    super(detail)
    this.status = status
    this.headers = headers
  }
}

export const notFound = (detail) => new Problem(404, detail)
export const invalid = (detail) => new Problem(422, detail)

/** 401 where no token was sent, or where none is due. */
export const unauthorized = (detail) => new Problem(401, detail, challenge('Bearer realm="notes"'))
export const invalidToken = () =>
  new Problem(401, 'The access token is not good.', challenge('Bearer realm="notes", error="invalid_token"'))
export const forbidden = () =>
  new Problem(403, 'Only admins may do this.', challenge('Bearer realm="notes", error="insufficient_scope"'))

const challenge = (value) => ({ 'WWW-Authenticate': value })

export function methodNotAllowed(allow) {
  return () => {
    throw new Problem(405, undefined, { Allow: allow })
  }
}

export const documentOf = (status, detail) => ({ type: 'about:blank', title: STATUS_CODES[status], status, detail })

/** @type {import('express').ErrorRequestHandler} */
export function answerProblem(error, _req, res, next) {
  if (res.headersSent) return next(error)
  const problem = toProblem(error)
  if (problem.status === 503) console.error(`database unavailable: ${error.message}`)
  else if (problem.status >= 500) console.error(error)
  answer(res, problem.status, documentOf(problem.status, problem.message || undefined), {
    'Content-Type': 'application/problem+json',
    ...problem.headers,
  })
}

function toProblem(error) {
  if (error instanceof Problem) return error
  if (isOutage(error)) return new Problem(503, 'The database cannot be reached.', { 'Retry-After': '1' })
  // Express and its body reader say what was wrong with the request, in words that are not for clients.
  const isClients = error.status >= 400 && error.status < 500
  return new Problem(isClients ? error.status : 500)
}
