import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DatabaseUnavailable } from './database.js'

/** An answer that is not the one hoped for, as a problem document (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly headers: Record<string, string>

  constructor(status: number, detail?: string, headers: Record<string, string> = {}) {
    super(detail)
    this.status = status
    this.headers = headers
  }
}

export const badRequest = (detail: string) => new Problem(400, detail)
export const notFound = (detail: string) => new Problem(404, detail)
export const conflict = (detail: string) => new Problem(409, detail)
export const methodNotAllowed = (allow: string) => new Problem(405, `Try ${allow}.`, { allow })

export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error)
  if (error instanceof DatabaseUnavailable) request.log.warn(`database unavailable: ${error.message}`)
  else if (problem.status >= 500) request.log.error(error)
  reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send(documentOf(problem))
}

/** What Node could not read as a request: there is no reply to send through, only the connection. */
export function answerBrokenRequest(error: Error & { code?: string }, socket: Socket): void {
  if (!socket.writable) return void socket.destroy()
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? 431 : 400
  const body = JSON.stringify(documentOf(new Problem(status)))
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `Content-Type: application/problem+json\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
  )
}

function documentOf({ status, message }: Problem) {
  return { type: 'about:blank', title: STATUS_CODES[status], status, ...(message && { detail: message }) }
}

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DatabaseUnavailable) {
    return new Problem(503, 'The database cannot be reached.', { 'retry-after': '1' })
  }
  if ('validation' in error && error.validation) return new Problem(422, error.message)
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  // Fastify would close the connection, and whoever is still sending would see a reset instead of the answer.
  if (status === 413) return new Problem(413, 'The body is too large.', { connection: 'keep-alive' })
  return new Problem(status >= 400 && status < 500 ? status : 500)
}
