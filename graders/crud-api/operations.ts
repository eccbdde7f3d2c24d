import { expect, type Http, type Random, type RequestOptions } from 'backend-labs/kit';
import { createTask, forAll } from './api.ts';
import { expectNoInternals } from './leaks.ts';
import { newTask } from './task.ts';

interface Operation {
  method: string;
  path: (id: string) => string;
  body?: (random: Random) => unknown;
}

const one = (id: string) => `/tasks/${id}`;

const OPERATIONS: readonly Operation[] = [
  { method: 'GET', path: one },
  { method: 'GET', path: () => '/tasks' },
  { method: 'POST', path: () => '/tasks', body: newTask },
  { method: 'POST', path: () => '/tasks/batch', body: (random) => ({ tasks: [newTask(random)] }) },
  { method: 'PUT', path: one, body: newTask },
  { method: 'PATCH', path: one, body: (random) => ({ title: random.title() }) },
  { method: 'DELETE', path: one },
];

/** Those that the app has while all is well: what it lacks is for other checks to say. */
export async function workingOperations(http: Http, random: Random): Promise<Operation[]> {
  const { id } = (await createTask(http, newTask(random))).json;
  const working: Operation[] = [];
  for (const operation of OPERATIONS) {
    const { status } = await perform(http, random, operation, id, { note: 'while all is well' });
    if (status < 300) working.push(operation);
  }
  return working;
}

/** All of them at once: each must be a 503 problem in time. */
export async function expectUnavailable(
  http: Http,
  random: Random,
  operations: readonly Operation[],
  id: string,
  options: RequestOptions,
): Promise<void> {
  const tryOne = async (operation: Operation) => {
    const answer = await perform(http, random, operation, id, options);
    expect(answer).toBeProblem(503);
    expectNoInternals(answer);
  };
  await forAll(operations, tryOne, operations.length);
}

function perform(
  http: Http,
  random: Random,
  { method, path, body }: Operation,
  id: string,
  options: RequestOptions,
) {
  return http.request(method, path(id), {
    ...options,
    ...(body !== undefined && { json: body(random) }),
  });
}
