import { STATUS_CODES } from 'node:http'
import { isOutage } from './database.js'

/** An answer that is not the one hoped for (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail, headers = {}, errors = undefined) {
    super(detail)
    this.status = status
    this.headers = headers
    this.errors = errors
  }
}

export function methodNotAllowed(allow) {
  return () => {
    throw new Problem(405, `Try ${allow}.`, { Allow: allow })
  }
}

export function notFound() {
  throw new Problem(404, 'There is nothing at this path.')
}

/** @type {import('express').ErrorRequestHandler} */
export function answerProblem(error, _req, res, next) {
  if (res.headersSent) return next(error)
  const { status, message, headers, errors } = toProblem(error)
  if (status >= 500) console.error(error.message)
  res.status(status).set(headers).type('application/problem+json')
  const detail = message || undefined
  res.send(JSON.stringify({ type: 'about:blank', title: STATUS_CODES[status], status, detail, errors }))
}

function toProblem(error) {
  if (error instanceof Problem) return error
  // Express and its body reader say with `status` what was wrong with the request.
  if (error.status >= 400 && error.status < 500) return new Problem(error.status)
  if (isOutage(error)) return new Problem(503, 'The database cannot be reached.', { 'Retry-After': '1' })
  return new Problem(500)
}
