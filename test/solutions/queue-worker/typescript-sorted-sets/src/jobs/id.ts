import { badRequest } from '../http/problems.js'

/** Postgres would take more spellings, such as braces around it. */
export function assertId(id: unknown): string {
  if (typeof id === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) return id
  throw badRequest('The id is not a UUID.')
}
