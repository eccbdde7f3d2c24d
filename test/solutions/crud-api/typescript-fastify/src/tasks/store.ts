import { randomUUID } from 'node:crypto'
import { type Session, violatedConstraint } from '../database.js'
import { conflict } from '../problems.js'
import type { Task, TaskInput, VersionedTask } from './task.js'

/** Stores all of the tasks, in three statements however many they are. */
export async function insertTasks(session: Session, inputs: TaskInput[]): Promise<VersionedTask[]> {
  const ids = inputs.map(() => randomUUID())
  await orReferenceTaken(
    session.query(
      `INSERT INTO tasks (id, reference, title, description, status, priority, due_on)
       SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::smallint[], $7::date[])
         AS input (id, reference, title, description, status, priority, due_on)
       -- Batches that share references take them in one order, so that they cannot deadlock.
       ORDER BY reference`,
      [
        ids,
        inputs.map((input) => input.reference),
        inputs.map((input) => input.title),
        inputs.map((input) => input.description),
        inputs.map((input) => input.status),
        inputs.map((input) => input.priority),
        inputs.map((input) => input.dueOn),
      ],
    ),
  )
  await insertTags(
    session,
    inputs.flatMap(({ tags }, index) => tags.map((tag, position) => ({ taskId: ids[index]!, position, tag }))),
  )
  const rows = await session.query<TaskRow>(
    `SELECT ${TASK_COLUMNS}
     FROM unnest($1::uuid[]) WITH ORDINALITY AS wanted (id, place) JOIN tasks USING (id)
     ORDER BY place`,
    [ids],
  )
  return rows.map(toVersionedTask)
}

export async function findTask(session: Session, id: string): Promise<VersionedTask | undefined> {
  const [row] = await session.query<TaskRow>(`SELECT ${TASK_COLUMNS} FROM tasks WHERE id = $1`, [id])
  return row && toVersionedTask(row)
}

/** As `findTask`, and until the transaction ends nobody else can change the task. */
export async function lockTask(session: Session, id: string): Promise<VersionedTask | undefined> {
  // Two statements: one that waits for the lock would show the tags from before its wait.
  await session.query('SELECT FROM tasks WHERE id = $1 FOR UPDATE', [id])
  return findTask(session, id)
}

/** The task must be locked. */
export async function replaceTask(session: Session, id: string, input: TaskInput): Promise<VersionedTask> {
  await orReferenceTaken(
    session.query(
      `UPDATE tasks
       SET reference = $2, title = $3, description = $4, status = $5, priority = $6, due_on = $7,
           version = version + 1,
           -- now() is when the transaction began, which may be before the last change.
           updated_at = greatest(updated_at, clock_timestamp())
       WHERE id = $1`,
      [id, input.reference, input.title, input.description, input.status, input.priority, input.dueOn],
    ),
  )
  await session.query('DELETE FROM task_tags WHERE task_id = $1', [id])
  await insertTags(
    session,
    input.tags.map((tag, position) => ({ taskId: id, position, tag })),
  )
  return (await findTask(session, id))!
}

export async function removeTask(session: Session, id: string): Promise<void> {
  await session.query('DELETE FROM tasks WHERE id = $1', [id])
}

export interface TaskRow extends Omit<Task, 'createdAt' | 'updatedAt'> {
  createdAt: Date
  updatedAt: Date
  version: number
}

export const TASK_COLUMNS = `
  tasks.id, reference, title, description, status, priority, to_char(due_on, 'YYYY-MM-DD') AS "dueOn",
  ARRAY(SELECT tag FROM task_tags WHERE task_id = tasks.id ORDER BY position) AS tags,
  created_at AS "createdAt", updated_at AS "updatedAt", version`

export function toVersionedTask({ version, createdAt, updatedAt, ...fields }: TaskRow): VersionedTask {
  return { version, task: { ...fields, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() } }
}

async function insertTags(session: Session, rows: { taskId: string; position: number; tag: string }[]): Promise<void> {
  if (rows.length === 0) return
  await session.query(
    `INSERT INTO task_tags (task_id, position, tag)
     SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::text[])`,
    [rows.map((row) => row.taskId), rows.map((row) => row.position), rows.map((row) => row.tag)],
  )
}

async function orReferenceTaken<T>(query: Promise<T>): Promise<T> {
  try {
    return await query
  } catch (error) {
    if (violatedConstraint(error) === 'tasks_reference_key') throw conflict('The reference is taken.')
    throw error
  }
}
