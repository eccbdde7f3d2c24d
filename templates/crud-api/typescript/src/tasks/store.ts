import { randomUUID } from 'node:crypto'
import { defaults, type Task, type TaskInput } from './task.js'

// TODO 1: keep the tasks in Postgres (../database.ts), in the tables of schema.sql. This map forgets them when
// the process ends, and other programs cannot see them. Parameters go beside the SQL, never into it:
//   pool.query('SELECT title FROM tasks WHERE id = $1', [id])
// A `date` arrives as a Date in the time zone of the machine; to_char(due_on, 'YYYY-MM-DD') does not.
const tasks = new Map<string, Task>()

export async function insertTask(input: TaskInput): Promise<Task> {
  const now = new Date().toISOString()
  const task = { ...defaults, ...input, id: randomUUID(), createdAt: now, updatedAt: now }
  tasks.set(task.id, task)
  return task
}

export async function findTask(id: string): Promise<Task | undefined> {
  return tasks.get(id)
}

export async function listTasks(): Promise<Task[]> {
  return [...tasks.values()]
}
