import express from 'express'
import { Problem } from './problems.js'

const readBytes = express.raw({ type: () => true, limit: 65_536 })
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** Middleware that puts the parsed body into `req.body`, or answers 400, 413 or 415. */
export const jsonBody = [requireJson, readBytes, parse]

function requireJson(req, _res, next) {
  const [type] = (req.headers['content-type'] ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') throw new Problem(415, 'Send application/json.')
  next()
}

function parse(req, _res, next) {
  try {
    req.body = JSON.parse(utf8.decode(req.body))
  } catch {
    throw new Problem(400, 'The body is not JSON.')
  }
  next()
}
