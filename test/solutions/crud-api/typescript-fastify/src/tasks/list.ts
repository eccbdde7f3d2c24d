import type { Session } from '../database.js'
import { encodeCursor } from './cursor.js'
import { type ListQuery, SORTS } from './list-query.js'
import { TASK_COLUMNS, type TaskRow, toVersionedTask } from './store.js'
import type { Task } from './task.js'

export interface Page {
  items: Task[]
  nextCursor: string | null
}

export async function listTasks(session: Session, query: ListQuery): Promise<Page> {
  const { column, type, descending } = SORTS[query.sort]
  const values: unknown[] = []
  const param = (value: unknown) => `$${values.push(value)}`
  const conditions = ['true']

  if (query.status !== undefined) conditions.push(`status = ${param(query.status)}`)
  if (query.priority !== undefined) conditions.push(`priority = ${param(query.priority)}`)
  if (query.tag !== undefined) {
    conditions.push(`EXISTS (SELECT FROM task_tags WHERE task_id = tasks.id AND tag = ${param(query.tag)})`)
  }
  if (query.cursor !== undefined) {
    const { value, id } = query.cursor
    conditions.push(`(${column}, id) ${descending ? '<' : '>'} (${param(value)}::${type}, ${param(id)}::uuid)`)
  }

  const direction = descending ? 'DESC' : 'ASC'
  const rows = await session.query<TaskRow>(
    `SELECT ${TASK_COLUMNS} FROM tasks
     WHERE ${conditions.join(' AND ')}
     ORDER BY ${column} ${direction}, id ${direction}
     -- One more than asked for tells whether there is a next page.
     LIMIT ${param(query.limit + 1)}`,
    values,
  )

  const items = rows.slice(0, query.limit).map((row) => toVersionedTask(row).task)
  const last = items.at(-1)
  return { items, nextCursor: last && rows.length > query.limit ? encodeCursor(query.sort, last) : null }
}
