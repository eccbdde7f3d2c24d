import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { DatabaseUnavailable } from './database.js'

export interface FieldError {
  pointer: string
  detail: string
}

/** An answer that is not the one hoped for, as a problem document (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  readonly errors: FieldError[] | undefined

  constructor(status: number, detail?: string, more: { headers?: Record<string, string>; errors?: FieldError[] } = {}) {
    super(detail)
    this.status = status
    this.headers = more.headers ?? {}
    this.errors = more.errors
  }
}

export const badRequest = (detail: string) => new Problem(400, detail)
export const notFound = (detail: string) => new Problem(404, detail)
export const conflict = (detail: string) => new Problem(409, detail)
export const unprocessable = (detail: string) => new Problem(422, detail)
export const methodNotAllowed = (allow: string) => new Problem(405, `Try ${allow}.`, { headers: { allow } })

export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply) {
  const problem = toProblem(error)
  if (error instanceof DatabaseUnavailable) request.log.warn(`database unavailable: ${error.message}`)
  else if (problem.status >= 500) request.log.error(error)
  reply
    .code(problem.status)
    .headers(problem.headers)
    .type('application/problem+json')
    .send({
      type: 'about:blank',
      title: STATUS_CODES[problem.status],
      status: problem.status,
      ...(problem.message && { detail: problem.message }),
      ...(problem.errors && { errors: problem.errors }),
    })
}

function toProblem(error: FastifyError | Error): Problem {
  if (error instanceof Problem) return error
  if (error instanceof DatabaseUnavailable) {
    return new Problem(503, 'The database cannot be reached.', { headers: { 'retry-after': '1' } })
  }
  if ('validation' in error && error.validation) {
    return new Problem(422, 'The body breaks a rule.', { errors: fieldErrors(error.validation) })
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  // Fastify would close the connection, and whoever is still sending would see a reset instead of the answer.
  if (status === 413) return new Problem(413, 'The body is too large.', { headers: { connection: 'keep-alive' } })
  return new Problem(status >= 400 && status < 500 ? status : 500)
}

const MAX_REPORTED = 50

function fieldErrors(validation: NonNullable<FastifyError['validation']>): FieldError[] {
  return validation.slice(0, MAX_REPORTED).map(({ instancePath, keyword, params, message }) => {
    const child = params.missingProperty ?? params.additionalProperty
    const pointer = child === undefined ? instancePath : `${instancePath}/${escapePointer(String(child))}`
    return { pointer, detail: message ?? keyword }
  })
}

const escapePointer = (token: string) => token.replaceAll('~', '~0').replaceAll('/', '~1')
