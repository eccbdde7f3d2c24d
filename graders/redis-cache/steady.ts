import { setTimeout as sleep } from 'node:timers/promises';
import {
  type App,
  attempt,
  CheckFailure,
  eventually,
  expect,
  type Http,
  type OwnContext,
} from 'backend-labs/kit';
import { createProduct, instances, pathOf } from './api.ts';

/** What the contract gives the app, in milliseconds, after Redis or Postgres is back. */
export const RECOVERY_MS = 5_000;

/** What the contract gives an answer while Postgres is away. */
const UNAVAILABLE_MS = 3_000;

/** What the machine may add to any time of the contract, in milliseconds. */
const ROOM_MS = 1_500;

/**
 * What the machine may add to a time of the contract, in milliseconds: more than a second, and twenty times what an
 * ordinary request takes just now. What hangs, or waits for a time-out of its own that is too long, still stands out.
 */
export async function room(http: Http, path = '/healthz'): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < 3; i += 1) {
    const answer = await http.get(path, { note: 'to see how fast the machine is' });
    slowest = Math.max(slowest, answer.exchange.durationMs);
  }
  return Math.ceil((ROOM_MS + 20 * slowest) / 100) * 100;
}

export async function expectUnavailable(http: Http, path: string, note: string): Promise<void> {
  const answer = await http.get(path, { note, timeoutMs: UNAVAILABLE_MS + ROOM_MS });
  expect(answer).toBeProblem(503);
}

/** Both instances cache again, as they must 5 seconds after Redis has come back. */
export async function expectCaching(
  { http, random, signal }: OwnContext,
  withinMs: number,
  note: string,
): Promise<void> {
  for (const instance of instances(http)) {
    const product = await createProduct(instance, random);
    await eventually(
      async () => {
        const answer = await instance.get(pathOf(product), { note });
        expect(answer).toHaveStatus(200);
        expect(answer).toHaveHeader('X-Cache', 'HIT');
      },
      { withinMs, everyMs: 100, signal },
    );
  }
}

/** Both cache, once they have got over what the check before did to them; one that does not is started again. */
export async function steady(context: OwnContext): Promise<void> {
  const caching = () => expectCaching(context, RECOVERY_MS, 'to see that it caches');
  const recovered = await attempt(caching);
  if (recovered.failure === undefined) return;
  for (const process of context.app.processes) {
    await process.kill();
    await process.start();
  }
  await caching();
}

/**
 * Runs an action that the app must survive.
 * @throws {CheckFailure} the action's; or that a process has ended, where that is why it failed
 */
export async function surviving<T>(app: App, action: () => Promise<T>): Promise<T> {
  const { value, failure } = await attempt(action);
  // A dying process loses its connections a moment before its end is known.
  if (failure !== undefined)
    await Promise.race([...app.processes.map(({ exited }) => exited), sleep(250)]);
  expectAlive(app, failure);
  if (failure !== undefined) throw withoutHint(failure);
  return value as T;
}

/** The check's own hint knows what the app waits for; the client's is for any request without an answer. */
function withoutHint({ failure }: CheckFailure): CheckFailure {
  const { hint: _, ...rest } = failure;
  return new CheckFailure(rest);
}

function expectAlive(app: App, during?: CheckFailure): void {
  const dead = app.processes.find(({ exit }) => exit !== undefined);
  if (dead?.exit === undefined) return;
  const { code, signal } = dead.exit;
  throw new CheckFailure({
    action: during?.failure.action ?? '',
    expected: 'the app to live on',
    actual: `${dead.name} ended with ${signal === null ? `code ${code}` : `signal ${signal}`}`,
    evidence: [
      ...(during?.failure.evidence ?? []),
      { kind: 'log', source: dead.name, lines: dead.log().slice(-20) },
    ],
  });
}
