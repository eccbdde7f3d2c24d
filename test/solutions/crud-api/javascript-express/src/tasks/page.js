import { inTime, sql } from '../database.js'
import { badRequest } from '../http/problems.js'
import { readCursor, writeCursor } from './cursor.js'
import { asJson } from './statements.js'
import { isText } from './validation.js'

const SORTS = {
  createdAt: { field: 'createdAt', key: sql`created_at`, ascending: true },
  '-createdAt': { field: 'createdAt', key: sql`created_at`, ascending: false },
  priority: { field: 'priority', key: sql`priority`, ascending: true },
  '-priority': { field: 'priority', key: sql`priority`, ascending: false },
}

/** @param {Record<string, unknown>} raw the query of the request */
export async function page(raw) {
  const { limit, sort, cursor, filters } = parse(raw)
  const { field, key, ascending } = SORTS[sort]
  const conditions = cursor === undefined ? filters : [...filters, isBehind(key, ascending, cursor)]
  const order = ascending ? sql`${key}, id` : sql`${key} DESC, id DESC`

  const rows = await inTime((run) =>
    run(
      () => sql`
        SELECT ${asJson()} AS task
        FROM tasks
        WHERE ${conditions.reduce((all, condition) => sql`${all} AND ${condition}`, sql`true`)}
        ORDER BY ${order}
        -- One more than asked for tells whether there is a next page.
        LIMIT ${limit + 1}`,
    ),
  )

  const items = rows.slice(0, limit).map(({ task }) => task)
  const last = items.at(-1)
  return { items, nextCursor: rows.length > limit ? writeCursor(sort, last[field], last.id) : null }
}

function isBehind(key, ascending, { value, id }) {
  const last = typeof value === 'number' ? sql`${value}::integer` : sql`${value}::text::timestamptz`
  return sql`(${key}, id) ${ascending ? sql`>` : sql`<`} (${last}, ${id}::uuid)`
}

function parse({ limit = '20', sort = '-createdAt', cursor, status, priority, tag, ...others }) {
  if (Object.keys(others).length > 0) throw badRequest('There is a query parameter that this list does not have.')
  if (!isNumber(limit, 1, 100)) throw badRequest('limit is a number from 1 to 100.')
  if (!Object.hasOwn(SORTS, sort)) throw badRequest(`sort is one of ${Object.keys(SORTS).join(', ')}.`)

  const filters = []
  if (status !== undefined) {
    if (!['todo', 'doing', 'done'].includes(status)) throw badRequest('status is one of todo, doing, done.')
    filters.push(sql`status = ${status}`)
  }
  if (priority !== undefined) {
    if (!isNumber(priority, 1, 5)) throw badRequest('priority is a number from 1 to 5.')
    filters.push(sql`priority = ${Number(priority)}`)
  }
  if (tag !== undefined) {
    if (!isText(tag, 1, 40)) throw badRequest('No task can have this tag.')
    filters.push(sql`EXISTS (SELECT FROM task_tags WHERE task_id = tasks.id AND tag = ${tag})`)
  }
  return { limit: Number(limit), sort, filters, cursor: cursor === undefined ? undefined : readCursor(cursor, sort) }
}

const isNumber = (text, least, most) => /^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most
