import { STATUS_CODES } from 'node:http'
import { isOutage } from '../database.js'
import { answer } from './answer.js'

/** @typedef {{ pointer: string, detail: string }} FieldError */

/** An answer that is not the one hoped for (RFC 9457). */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} [detail]
   * @param {{ headers?: Record<string, string>, errors?: FieldError[] }} [more]
   */
  constructor(status, detail, { headers, errors } = {}) {
    super(detail)
    this.status = status
    this.headers = headers
    this.errors = errors
  }
}

export const badRequest = (detail) => new Problem(400, detail)
export const notFound = (detail) => new Problem(404, detail)

export function methodNotAllowed(allow) {
  return () => {
    throw new Problem(405, undefined, { headers: { Allow: allow } })
  }
}

/** @type {import('express').ErrorRequestHandler} */
export function answerProblem(error, _req, res, next) {
  if (res.headersSent) return next(error)
  const problem = toProblem(error)
  if (problem.status === 503) console.error(`database unavailable: ${error.message || error.code}`)
  else if (problem.status >= 500) console.error(error)
  answer(
    res,
    problem.status,
    {
      type: 'about:blank',
      title: STATUS_CODES[problem.status],
      status: problem.status,
      detail: problem.message || undefined,
      errors: problem.errors,
    },
    { 'Content-Type': 'application/problem+json', ...problem.headers },
  )
}

function toProblem(error) {
  if (error instanceof Problem) return error
  if (isOutage(error)) return new Problem(503, 'The database cannot be reached.', { headers: { 'Retry-After': '1' } })
  // Express and its body reader say what was wrong with the request, in words that are not for clients.
  const isClients = error.status >= 400 && error.status < 500
  return new Problem(isClients ? error.status : 500)
}
