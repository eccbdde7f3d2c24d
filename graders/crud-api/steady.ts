import { setTimeout as sleep } from 'node:timers/promises';
import {
  type App,
  attempt,
  CheckFailure,
  concurrently,
  eventually,
  type OwnContext,
} from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { newTask, type Task } from './task.ts';

/** What the contract gives the app, in milliseconds, after Postgres is back. */
export const RECOVERY_MS = 5_000;

/**
 * A new task, once the app has got over what the check before did to each of its connections. An app
 * that does not is started again: that it does not recover was for that check to say.
 */
export async function steadyTask({ http, random, app, signal }: OwnContext): Promise<Task> {
  const steady = async () => {
    const created = await createTask(http, newTask(random));
    await concurrently(10, () => readTask(http, created.json));
    return created.json;
  };
  const recovered = await attempt(() => eventually(steady, { withinMs: RECOVERY_MS, signal }));
  if (recovered.failure === undefined) return recovered.value;
  await app.web.kill();
  await app.web.start();
  return eventually(steady, { withinMs: RECOVERY_MS, signal });
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

/**
 * Runs an action that the app must survive.
 * @throws {CheckFailure} the action's; or that the process has ended, where that is why it failed
 */
export async function surviving<T>(app: App, action: () => Promise<T>): Promise<T> {
  const { value, failure } = await attempt(action);
  // A dying process loses its connections a moment before its end is known.
  if (failure !== undefined) await Promise.race([app.web.exited, sleep(250)]);
  expectAlive(app, failure);
  if (failure !== undefined) throw failure;
  return value as T;
}

/**
 * @param during what failed, if anything did
 * @throws {CheckFailure} the app's process has ended
 */
export function expectAlive(app: App, during?: CheckFailure): void {
  const { name, exit } = app.web;
  if (exit === undefined) return;
  const how = exit.signal === null ? `code ${exit.code}` : `signal ${exit.signal}`;
  throw new CheckFailure({
    action: during?.failure.action ?? '',
    expected: 'the app to live on',
    actual: `its process ended with ${how}`,
    evidence: [
      ...(during?.failure.evidence ?? []),
      { kind: 'log', source: name, lines: lastWords(app.web.log()) },
    ],
  });
}

/** From where a runtime says what ended it: what it dumps behind that can be long. */
function lastWords(lines: ReturnType<App['web']['log']>): ReturnType<App['web']['log']> {
  const first = lines.findLastIndex(({ text }) =>
    /Unhandled|Uncaught|Traceback|panic:/i.test(text),
  );
  return first < 0 ? lines.slice(-20) : lines.slice(first, first + 20);
}
