import { setTimeout as sleep } from 'node:timers/promises';
import {
  concurrently,
  expect,
  type Http,
  type Random,
  type RequestOptions,
  type Response,
} from 'backend-labs/kit';
import { expectNoLate503 } from './late.ts';
import type { Policy } from './policies.ts';

/** A request to a limited operation, and when. The app counted it at some moment between its two times. */
export interface Call {
  response: Response;
  /** Milliseconds of `performance.now`. */
  sent: number;
  answered: number;
  passed: boolean;
}

export interface Caller {
  /** `undefined`: the client is the address. */
  key?: string | undefined;
  headers?: Readonly<Record<string, string>>;
  note?: string;
  timeoutMs?: number;
  path?: string;
}

/** A client that nobody has seen before. */
export const newKey = (random: Random): string => `client-${random.word(12)}`;

/** One request under the policy, which must pass or be refused. */
export async function call(http: Http, policy: Policy, caller: Caller): Promise<Call> {
  const sent = performance.now();
  const response = await ask(http, policy, caller);
  const answered = performance.now();
  expectNoLate503(response);
  expect(response).toHaveStatus(policy.name === 'strict' ? 202 : 200, 429);
  return { response, sent, answered, passed: response.status !== 429 };
}

/** The same without a look at the answer. */
export function ask(http: Http, policy: Policy, caller: Caller): Promise<Response> {
  const { key, headers = {}, note, timeoutMs, path } = caller;
  const options: RequestOptions = {
    headers: { ...headers, ...(key !== undefined && { 'x-api-key': key }) },
    ...(note !== undefined && { note }),
    ...(timeoutMs !== undefined && { timeoutMs }),
  };
  return policy.name === 'strict'
    ? http.post(path ?? '/reports', { ...options, json: { title: 'Sales' } })
    : http.get(path ?? '/quotes', options);
}

/** So many at the same moment, spread over the instances. */
export function burst(
  instances: readonly Http[],
  policy: Policy,
  count: number,
  caller: Caller,
): Promise<Call[]> {
  const note = caller.note ?? `one of ${count} at once`;
  return concurrently(count, (i) =>
    call(instances[i % instances.length]!, policy, { ...caller, note }),
  );
}

/** One after the other, over the instances in turn. */
export async function inTurn(
  instances: readonly Http[],
  policy: Policy,
  count: number,
  caller: Caller,
): Promise<Call[]> {
  const calls: Call[] = [];
  for (let i = 0; i < count; i += 1)
    calls.push(await call(instances[i % instances.length]!, policy, caller));
  return calls;
}

/** Waits until this moment of `performance.now`. */
export async function until(moment: number, signal: AbortSignal): Promise<void> {
  // A timer may fire a millisecond early.
  for (let left = moment - performance.now(); left > 0; left = moment - performance.now())
    await sleep(Math.ceil(left), undefined, { signal });
}
