/** What a client may say about a task. */
export interface TaskInput {
  reference: string | null
  title: string
  description: string | null
  status: 'todo' | 'doing' | 'done'
  priority: number
  dueOn: string | null
  tags: string[]
}

export interface Task extends TaskInput {
  id: string
  createdAt: string
  updatedAt: string
}

export const defaults: Omit<TaskInput, 'title'> = {
  reference: null,
  description: null,
  status: 'todo',
  priority: 3,
  dueOn: null,
  tags: [],
}
