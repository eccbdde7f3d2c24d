import type { Random } from 'backend-labs/kit';

/** What a client may say about a task. */
export type TaskInput = {
  reference: string | null;
  title: string;
  description: string | null;
  status: string;
  priority: number;
  dueOn: string | null;
  tags: string[];
};

export type Task = TaskInput & { id: string; createdAt: string; updatedAt: string };

export type Page = { items: Task[]; nextCursor: string | null };

/** What a field is where the client does not say. */
export const DEFAULTS = {
  reference: null,
  description: null,
  status: 'todo',
  priority: 3,
  dueOn: null,
  tags: [],
} as const;

export const STATUSES = ['todo', 'doing', 'done'] as const;

/** A task of which no field is at its default, so that one which gets lost shows. */
export function newTask(random: Random, fields: Partial<TaskInput> = {}): TaskInput {
  return {
    reference: newReference(random),
    title: random.title(),
    description: `${random.title()}.`,
    status: random.pick(['doing', 'done']),
    priority: random.pick([1, 2, 4, 5]),
    dueOn: newDay(random),
    tags: newTags(random),
    ...fields,
  };
}

/** Of each field another value than this task has. */
export function otherThan(random: Random, task: TaskInput): TaskInput {
  return newTask(random, {
    status: random.pick(STATUSES.filter((status) => status !== task.status)),
    priority: random.pick([1, 2, 3, 4, 5].filter((priority) => priority !== task.priority)),
    dueOn: random
      .pick(['2031', '2032'].filter((year) => year !== task.dueOn?.slice(0, 4)))
      .concat('-02-03'),
  });
}

export function newReference(random: Random): string {
  return `${random.word(8).toUpperCase()}-${random.integer(1, 999_999)}`;
}

/** In neither direction of the alphabet, so that a list which gets sorted shows. */
function newTags(random: Random): string[] {
  const [first, second, third] = [random.word(6), random.word(7), random.word(8)].sort();
  return [second!, third!, first!];
}

function newDay(random: Random): string {
  const day = new Date(Date.UTC(random.integer(1900, 2100), 0, random.integer(1, 365)));
  return day.toISOString().slice(0, 10);
}
