import { STATUS_CODES } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest, FastifySchemaValidationError } from 'fastify'
import { DatabaseUnavailable } from '../database.js'

/** An answer that is not the one hoped for, as a problem document (RFC 9457). */
export class Problem extends Error {
  readonly status: number
  readonly headers: Record<string, string>
  readonly errors: FieldError[] | undefined

  constructor(status: number, detail?: string, headers: Record<string, string> = {}, errors?: FieldError[]) {
    super(detail)
    this.status = status
    this.headers = headers
    this.errors = errors
  }
}

interface FieldError {
  pointer: string
  detail: string
}

export const badRequest = (detail: string) => new Problem(400, detail)
export const notFound = (detail: string) => new Problem(404, detail)
export const conflict = (detail: string) => new Problem(409, detail)
export const unprocessable = (detail: string) => new Problem(422, detail)
export const methodNotAllowed = (allow: string) => new Problem(405, `Try ${allow}.`, { allow })

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
    return new Problem(503, 'The database cannot be reached.', { 'retry-after': '1' })
  }
  if ('validation' in error && error.validation) {
    return new Problem(422, 'The body breaks a rule.', {}, error.validation.map(toFieldError))
  }
  const status = 'statusCode' in error ? (error.statusCode ?? 500) : 500
  return new Problem(status >= 400 && status < 500 ? status : 500)
}

/** What is missing or unknown is not at `instancePath`, but below it. */
function toFieldError({ instancePath, params, message = 'is not valid' }: FastifySchemaValidationError): FieldError {
  const name = params.missingProperty ?? params.additionalProperty
  const pointer = typeof name === 'string' ? `${instancePath}/${escaped(name)}` : instancePath
  return { pointer, detail: message }
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1')
