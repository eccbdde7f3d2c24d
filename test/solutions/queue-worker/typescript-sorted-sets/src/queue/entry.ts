/** What Redis knows of a job. */
export interface Entry {
  id: string
  priority: number
  createdAt: Date
}

/** A text that sorts in the order in which jobs are begun: by priority, then by age. */
export function encode({ id, priority, createdAt }: Entry): string {
  return `${priority}:${String(createdAt.getTime()).padStart(13, '0')}:${id}`
}

export const idOf = (member: string): string => member.slice(member.lastIndexOf(':') + 1)
