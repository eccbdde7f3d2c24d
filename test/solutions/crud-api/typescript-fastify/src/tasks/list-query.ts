import { badRequest } from '../problems.js'
import { type Cursor, decodeCursor } from './cursor.js'
import { isStorable } from './schemas.js'

export const SORTS = {
  createdAt: { column: 'created_at', type: 'timestamptz', descending: false },
  '-createdAt': { column: 'created_at', type: 'timestamptz', descending: true },
  priority: { column: 'priority', type: 'smallint', descending: false },
  '-priority': { column: 'priority', type: 'smallint', descending: true },
} as const

export type Sort = keyof typeof SORTS

export interface ListQuery {
  limit: number
  sort: Sort
  cursor?: Cursor
  status?: string
  priority?: number
  tag?: string
}

export function parseListQuery(raw: Record<string, unknown>): ListQuery {
  const query: ListQuery = { limit: 20, sort: '-createdAt' }
  let cursor: string | undefined

  for (const [name, value] of Object.entries(raw)) {
    if (typeof value !== 'string') throw badRequest(`Give ${name} once.`)
    switch (name) {
      case 'limit':
        query.limit = integer(name, value, 1, 100)
        break
      case 'sort':
        if (!Object.hasOwn(SORTS, value)) throw badRequest(`sort is one of ${Object.keys(SORTS).join(', ')}.`)
        query.sort = value as Sort
        break
      case 'status':
        if (!['todo', 'doing', 'done'].includes(value)) throw badRequest('status is one of todo, doing, done.')
        query.status = value
        break
      case 'priority':
        query.priority = integer(name, value, 1, 5)
        break
      case 'tag':
        if (value === '' || [...value].length > 40 || !isStorable(value)) throw badRequest('No task can have this tag.')
        query.tag = value
        break
      case 'cursor':
        cursor = value
        break
      default:
        throw badRequest('There is a query parameter that this list does not have.')
    }
  }
  if (cursor !== undefined) query.cursor = decodeCursor(cursor, query.sort)
  return query
}

function integer(name: string, value: string, least: number, most: number): number {
  const number = /^\d{1,6}$/.test(value) ? Number(value) : NaN
  if (!(number >= least && number <= most)) throw badRequest(`${name} is a number from ${least} to ${most}.`)
  return number
}
