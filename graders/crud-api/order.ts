import type { Task } from './task.ts';

export const SORTS = ['createdAt', '-createdAt', 'priority', '-priority'] as const;

export type Sort = (typeof SORTS)[number];

type Sortable = Pick<Task, 'id' | 'createdAt' | 'priority'>;

/** The order of the contract: by the key, ties by id, both in the direction of the sort. */
export function inOrder<T extends Sortable>(tasks: readonly T[], sort: Sort): T[] {
  const direction = sort.startsWith('-') ? -1 : 1;
  const key = (task: Sortable) =>
    sort.endsWith('priority') ? task.priority : Date.parse(task.createdAt);
  return [...tasks].sort((a, b) => direction * (key(a) - key(b) || (a.id < b.id ? -1 : 1)));
}
