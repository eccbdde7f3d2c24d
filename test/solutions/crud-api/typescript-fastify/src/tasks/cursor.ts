import { badRequest } from '../problems.js'
import { assertId } from './id.js'
import { type Sort, SORTS } from './list-query.js'
import type { Task } from './task.js'

/** The last task of a page: the next page begins right after it, whether or not it is still there. */
export interface Cursor {
  value: string | number
  id: string
}

export function encodeCursor(sort: Sort, { id, createdAt, priority }: Task): string {
  const value = SORTS[sort].column === 'priority' ? priority : createdAt
  return Buffer.from(JSON.stringify([sort, value, id])).toString('base64url')
}

export function decodeCursor(text: string, sort: Sort): Cursor {
  try {
    const [madeFor, value, id] = JSON.parse(Buffer.from(text, 'base64url').toString())
    const valid = SORTS[sort].column === 'priority' ? isPriority(value) : isTimestamp(value)
    if (madeFor === sort && valid) return { value, id: assertId(id) }
  } catch {
    // Not one of ours.
  }
  throw badRequest('The cursor is not one that this list has given.')
}

const isPriority = (value: unknown) => Number.isInteger(value) && Math.abs(Number(value)) < 10

const isTimestamp = (value: unknown) =>
  typeof value === 'string' && /^(?!0000)\d{4}-/.test(value) && new Date(value).toISOString() === value
