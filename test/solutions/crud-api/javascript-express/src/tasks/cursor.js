import { badRequest } from '../http/problems.js'

/** Where a page ended: the next one begins right behind, whether or not the task is still there. */
export function writeCursor(sort, value, id) {
  return Buffer.from(`${sort} ${value} ${id}`).toString('base64url')
}

/** @returns {{ value: string | number, id: string }} */
export function readCursor(cursor, sort) {
  const [madeFor, value, id, ...rest] = decode(cursor).split(' ')
  const isOurs = madeFor === sort && rest.length === 0 && isUuid(id)
  if (isOurs && sort.endsWith('priority') && /^\d$/.test(value)) return { value: Number(value), id }
  if (isOurs && sort.endsWith('createdAt') && isTimestamp(value)) return { value, id }
  throw badRequest('The cursor is not one that this list has given.')
}

// A repeated parameter is an array.
const decode = (cursor) => (typeof cursor === 'string' ? Buffer.from(cursor, 'base64url').toString() : '')

const isUuid = (text) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text)

function isTimestamp(text) {
  const date = new Date(text)
  return /^(?!0000)\d{4}-/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString() === text
}
