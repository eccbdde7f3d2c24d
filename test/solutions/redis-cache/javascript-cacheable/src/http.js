import { STATUS_CODES } from 'node:http'
import express from 'express'
import { isOutage } from './database.js'

/** An answer that is not the one hoped for (RFC 9457). */
export class Problem extends Error {
  constructor(status, detail, headers = {}) {
    super(detail)
    this.status = status
    this.headers = headers
  }
}

export const badRequest = (detail) => new Problem(400, detail)
export const invalid = (detail) => new Problem(422, detail)
export const notFound = (detail, headers) => new Problem(404, detail, headers)

let draining = false

/** From now on each answer is the last one on its connection. */
export function startDraining() {
  draining = true
}

export function answer(res, status, body, headers = {}) {
  if (draining) res.setHeader('Connection', 'close')
  if (body === undefined) return res.writeHead(status, headers).end()
  const bytes = Buffer.from(JSON.stringify(body))
  res.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': bytes.length, ...headers }).end(bytes)
}

const readBytes = express.raw({ type: () => true, limit: 102_400 })
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Middleware that puts the parsed body into `req.body`, or answers 400, 413 or 415. */
export const jsonBody = [
  (req, _res, next) => {
    const [type] = (req.headers['content-type'] ?? '').split(';')
    if (type.trim().toLowerCase() !== 'application/json') throw new Problem(415, 'Send application/json.')
    next()
  },
  readBytes,
  (req, _res, next) => {
    try {
      req.body = JSON.parse(utf8.decode(req.body))
    } catch {
      throw badRequest('The body is not JSON.')
    }
    next()
  },
]

export function allow(...methods) {
  return () => {
    throw new Problem(405, undefined, { Allow: methods.join(', ') })
  }
}

/** @type {import('express').ErrorRequestHandler} */
export function answerProblem(error, _req, res, next) {
  if (res.headersSent) return next(error)
  const problem = toProblem(error)
  if (problem.status === 503) console.error(`database unavailable: ${error.message || error.code}`)
  else if (problem.status >= 500) console.error(error)
  const body = {
    type: 'about:blank',
    title: STATUS_CODES[problem.status],
    status: problem.status,
    detail: problem.message || undefined,
  }
  answer(res, problem.status, body, { 'Content-Type': 'application/problem+json', ...problem.headers })
}

function toProblem(error) {
  if (error instanceof Problem) return error
  if (error.status >= 400 && error.status < 500) return new Problem(error.status)
  if (isOutage(error)) return new Problem(503, 'The database cannot be reached.', { 'Retry-After': '1' })
  return new Problem(500)
}
