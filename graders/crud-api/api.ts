import {
  concurrently,
  expect,
  type Http,
  type RequestOptions,
  type Response,
} from 'backend-labs/kit';
import type { Page, Task, TaskInput } from './task.ts';

type Query = NonNullable<RequestOptions['query']>;

const MAX_PAGES = 60;

export async function createTask(
  http: Http,
  input: Partial<TaskInput>,
  options: RequestOptions = {},
): Promise<Response<Task>> {
  const created = await http.post<Task>('/tasks', { json: input, ...options });
  expect(created).toHaveStatus(201);
  return created;
}

export async function readTask(
  http: Http,
  { id }: { id: string },
  options: RequestOptions = {},
): Promise<Response<Task>> {
  const found = await http.get<Task>(`/tasks/${id}`, options);
  expect(found).toHaveStatus(200);
  return found;
}

export async function listPage(http: Http, query: Query, note?: string): Promise<Response<Page>> {
  const page = await http.get<Page>('/tasks', { query, ...(note !== undefined && { note }) });
  expect(page).toHaveStatus(200);
  return page;
}

export const idsOf = (tasks: readonly { id: string }[]): string[] => tasks.map(({ id }) => id);

/** Follows `nextCursor` to the end; `afterPage` runs between a page and the next, and `meanwhile` says what it does. */
export async function walk(
  http: Http,
  query: Query,
  afterPage: (items: readonly Task[], page: number) => Promise<void> = async () => {},
  meanwhile = '',
): Promise<{ tasks: Task[]; last: Response<Page> }> {
  const tasks: Task[] = [];
  let cursor: string | null = null;
  for (let page = 1; ; page += 1) {
    const answer: Response<Page> = await listPage(
      http,
      cursor === null ? query : { ...query, cursor },
      `page ${page} of the walk${meanwhile && `; ${meanwhile}`}`,
    );
    const { items, nextCursor } = answer.json;
    tasks.push(...items);
    if (nextCursor === null) return { tasks, last: answer };
    if (page === MAX_PAGES)
      throw answer.failure(
        'the walk to end: nextCursor null once nothing follows',
        `another cursor after ${MAX_PAGES} pages`,
      );
    await afterPage(items, page);
    cursor = nextCursor;
  }
}

/**
 * Tries all cases, a few at a time: checks run side by side, and no app has to take hundreds of
 * requests at once for what is not about that. Stops after a case that fails.
 */
export async function forAll<Case>(
  cases: readonly Case[],
  action: (one: Case) => Promise<void>,
  atOnce = 4,
): Promise<void> {
  for (let i = 0; i < cases.length; i += atOnce) {
    const some = cases.slice(i, i + atOnce);
    await concurrently(some.length, (index) => action(some[index]!));
  }
}
