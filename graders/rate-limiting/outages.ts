import {
  type App,
  attempt,
  CheckFailure,
  concurrently,
  eventually,
  expect,
  type Http,
  type OwnContext,
  type Response,
} from 'backend-labs/kit';
import { ask, newKey } from './calls.ts';
import { expectAtLeast } from './history.ts';
import { forEachPolicy, type Policy, policiesOf } from './policies.ts';
import { exhaust } from './refused.ts';

/** What the contract gives an answer while Redis is away. */
const ANSWER_MS = 2_000;

/** What it gives the app after Redis is back. */
export const RECOVERY_MS = 5_000;

/** How the app must answer a limited operation while Redis is away. */
export type Failing = (answer: Response, policy: Policy) => void;

export const open: Failing = (answer, { name }) =>
  expect(answer).toHaveStatus(name === 'strict' ? 202 : 200);

export const closed: Failing = (answer) => expect(answer).toBeProblem(503);

/**
 * More requests of one client than pass under any policy, at once and once more: each is answered in time.
 * @param what `Redis refuses connections`
 */
export async function expectFailing(
  { http, app, env, random }: OwnContext,
  failing: Failing,
  what: string,
  roomMs: number,
): Promise<void> {
  const timeoutMs = ANSWER_MS + roomMs;
  const note = `while ${what}`;
  for (let round = 0; round < 2; round += 1) {
    await forEachPolicy(env, async (policy) => {
      const key = newKey(random);
      const count = policy.limit + 2;
      for (const answer of await surviving(app, () =>
        concurrently(count, () => ask(http, policy, { key, note, timeoutMs })),
      ))
        failing(answer, policy);
    });
  }
  const health = await surviving(app, () => http.get('/healthz', { note, timeoutMs }));
  expect(health).toHaveStatus(200, 503);
}

/** New clients are limited again, as the contract says: N pass, and it ends. */
export async function expectRecovery(
  { http, env, random, signal }: OwnContext,
  withinMs: number,
): Promise<void> {
  const limited = async () => {
    for (const policy of Object.values(policiesOf(env))) {
      const note = 'now that Redis is back, until one is refused';
      const { calls } = await exhaust([http], policy, { key: newKey(random), note });
      expectAtLeast(calls, policy);
    }
  };
  await eventually(limited, { withinMs, everyMs: 100, signal });
}

/** The limits hold, so that what comes is due to the outage. An app that the check before has broken is started anew. */
export async function steady(context: OwnContext): Promise<void> {
  const recovered = await attempt(() => expectRecovery(context, RECOVERY_MS));
  if (recovered.failure === undefined) return;
  await context.app.web.kill();
  await context.app.web.start();
  await expectRecovery(context, RECOVERY_MS);
}

/** What the machine may add to a time of the contract: a second, and twenty times what a request takes just now. */
export async function room(http: Http): Promise<number> {
  let slowest = 0;
  for (let i = 0; i < 3; i += 1) {
    const answer = await http.get('/healthz', { note: 'to see how fast the machine is' });
    expect(answer).toHaveStatus(200);
    slowest = Math.max(slowest, answer.exchange.durationMs);
  }
  return Math.ceil((1_000 + 20 * slowest) / 100) * 100;
}

/** @throws {CheckFailure} the action's; or that the process has ended, where that is why it failed */
async function surviving<T>(app: App, action: () => Promise<T>): Promise<T> {
  const { value, failure } = await attempt(action);
  // A dying process loses its connections a moment before its end is known.
  if (failure !== undefined)
    await Promise.race([app.web.exited, new Promise((resolve) => setTimeout(resolve, 250))]);
  const { exit } = app.web;
  if (exit !== undefined) {
    const how = exit.signal === null ? `code ${exit.code}` : `signal ${exit.signal}`;
    throw new CheckFailure({
      action: failure?.failure.action ?? '',
      expected: 'the app to live on',
      actual: `its process ended with ${how}`,
      evidence: [{ kind: 'log', source: 'web.1', lines: app.web.log().slice(-20) }],
    });
  }
  if (failure !== undefined) throw failure;
  return value as T;
}
