import {
  type App,
  CheckFailure,
  concurrently,
  eventually,
  type OwnContext,
} from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { newTask, type Task } from './task.ts';

/** What the contract gives the app, in milliseconds, after Postgres is back. */
export const RECOVERY_MS = 5_000;

/** A new task, once the app has got over what the check before did to each of its connections. */
export async function steadyTask({ http, random, signal }: OwnContext): Promise<Task> {
  const steady = async () => {
    const created = await createTask(http, newTask(random));
    await concurrently(10, () => readTask(http, created.json));
    return created.json;
  };
  return eventually(steady, { withinMs: 2 * RECOVERY_MS, signal });
}

/** The app serves again: reads on as many connections as pools have, and a write. */
export async function expectRecovery(
  { http, random, signal }: OwnContext,
  task: Task,
  withinMs: number,
): Promise<void> {
  const note = 'now that Postgres is back';
  const serve = async () => {
    await concurrently(10, () => readTask(http, task, { note }));
    await createTask(http, newTask(random), { note });
  };
  await eventually(serve, { withinMs, signal });
}

/** @throws {CheckFailure} the app's process has ended */
export function expectAlive(app: App): void {
  const { name, exit } = app.web;
  if (exit === undefined) return;
  const how = exit.signal === null ? `code ${exit.code}` : `signal ${exit.signal}`;
  throw new CheckFailure({
    action: '',
    expected: 'the app to live on',
    actual: `its process ended with ${how}`,
    evidence: [{ kind: 'log', source: name, lines: app.web.log().slice(-20) }],
  });
}
