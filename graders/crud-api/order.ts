import type { Response } from 'backend-labs/kit';
import type { Task } from './task.ts';

export const SORTS = ['createdAt', '-createdAt', 'priority', '-priority'] as const;

export type Sort = (typeof SORTS)[number];

type Listed = Pick<Task, 'id' | 'createdAt' | 'priority'>;

/** The order of the contract: by the key, ties by id, both in the direction of the sort. */
export function inOrder<T extends Listed>(tasks: readonly T[], sort: Sort): T[] {
  const direction = sort.startsWith('-') ? -1 : 1;
  const key = (task: Listed) =>
    sort.endsWith('priority') ? task.priority : Date.parse(task.createdAt);
  return [...tasks].sort((a, b) => direction * (key(a) - key(b) || (a.id < b.id ? -1 : 1)));
}

/**
 * Each of these tasks was listed once, and no other.
 * @throws {CheckFailure} with `after` as its evidence
 */
export function expectListed(
  after: Response,
  listed: readonly Listed[],
  wanted: readonly Listed[],
): void {
  expectOnce(after, listed, wanted);
  const known = new Set(wanted.map(({ id }) => id));
  const others = listed.filter(({ id }) => !known.has(id));
  if (others.length > 0)
    throw after.failure(
      wanted.length === 0 ? 'no tasks' : `the ${wanted.length} matching tasks and no others`,
      named(others),
    );
}

/**
 * Each of these tasks was listed once and in order; others may stand between them.
 * @throws {CheckFailure} with `after` as its evidence
 */
export function expectInOrder(
  after: Response,
  listed: readonly Listed[],
  wanted: readonly Listed[],
  sort: Sort,
): void {
  expectOnce(after, listed, wanted);
  const known = new Set(wanted.map(({ id }) => id));
  const shown = listed.filter(({ id }) => known.has(id));
  const expected = inOrder(wanted, sort);
  const place = expected.findIndex(({ id }, i) => shown[i]?.id !== id);
  if (place >= 0)
    throw after.failure(
      `in place ${place + 1} of sort=${sort}, ties by id: ${brief(expected[place]!)}`,
      brief(shown[place]!),
    );
}

function expectOnce(after: Response, listed: readonly Listed[], wanted: readonly Listed[]): void {
  const seen = new Set<string>();
  const repeated = listed.filter(({ id }) => seen.size === seen.add(id).size);
  if (repeated.length > 0) throw after.failure('every task once', `twice: ${named(repeated)}`);
  const missing = wanted.filter(({ id }) => !seen.has(id));
  if (missing.length > 0)
    throw after.failure(`all ${wanted.length} tasks`, `all but ${named(missing)}`);
}

function named(tasks: readonly Listed[]): string {
  const shown = tasks.slice(0, 3).map(brief).join(', ');
  return tasks.length <= 3 ? shown : `${shown} and ${tasks.length - 3} more`;
}

function brief({ id, priority, createdAt }: Listed): string {
  return `${id} (priority ${priority}, createdAt ${createdAt})`;
}
