import { STATUS_CODES } from 'node:http'

/** An answer that is not the one hoped for (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail, headers = {}) {
    super(detail)
    this.status = status
    this.headers = headers
  }
}

export function methodNotAllowed(allow) {
  return () => {
    throw new Problem(405, `Try ${allow}.`, { Allow: allow })
  }
}

export function notFound(req) {
  throw new Problem(404, `There is no ${req.path}.`)
}

/** @type {import('express').ErrorRequestHandler} */
export function answerProblem(error, _req, res, next) {
  if (res.headersSent) return next(error)
  // Express and its body reader say with `status` what was wrong with the request.
  const isOurs = error instanceof Problem
  const status = isOurs || (error.status >= 400 && error.status < 500) ? error.status : 500
  if (status === 500) console.error(error)
  res.status(status).set(isOurs ? error.headers : {})
  res.type('application/problem+json').send(
    JSON.stringify({
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      detail: (status < 500 || isOurs ? error.message : '') || undefined,
    }),
  )
}
