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

export interface VersionedTask {
  task: Task
  version: number
}
