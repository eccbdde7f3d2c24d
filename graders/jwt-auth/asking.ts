import {
  CheckFailure,
  expect,
  type Http,
  type Random,
  type Reference,
  type RequestOptions,
  type Response,
} from 'backend-labs/kit';
import { described } from './tokens.ts';

export const bearer = (token: string): Record<string, string> => ({
  authorization: `Bearer ${token}`,
});

/** Milliseconds for an answer: more than an app may wait for Postgres before it gives up. */
export const PATIENCE_MS = 10_000;

/** A request with an access token. */
export function ask<Body = any>(
  http: Http,
  token: string,
  method: string,
  path: string,
  options: RequestOptions = {},
): Promise<Response<Body>> {
  const { headers, ...rest } = options;
  return http.request<Body>(method, path, {
    timeoutMs: PATIENCE_MS,
    headers: { ...bearer(token), ...headers },
    ...rest,
  });
}

/** One of the two instances. */
export const anyOf = (http: Http, random: Random): Http => random.pick([http, http.to('web.2')]);

export const bothOf = (http: Http): Http[] => [http, http.to('web.2')];

/** A token that must not let anybody in, and why. */
export interface Forgery {
  token: string;
  /** What is wrong with it, after “a token …”: `signed with another key`. */
  fault: string;
  /** The way on, where the check's own hint is too general. */
  hint?: string;
}

/**
 * Asks for the account with the token, and demands 401.
 * @throws {CheckFailure} with what the token says
 */
export async function expectRefused(
  http: Http,
  { token, fault, hint }: Forgery,
  rule: Reference,
): Promise<void> {
  const answer = await ask(http, token, 'GET', '/me', { note: `a token ${fault}` });
  if (answer.status === 401) return;
  throw withToken(answer.failure(`status 401 (${rule.title})`, outcome(answer), hint), token);
}

/** @throws {CheckFailure} it is not let in, with what the token says */
export async function expectTaken(
  http: Http,
  token: string,
  what: string,
  hint?: string,
): Promise<Response> {
  const answer = await ask(http, token, 'GET', '/me', { note: `a token ${what}` });
  if (answer.status === 200) return answer;
  throw withToken(answer.failure('status 200: this token is good', outcome(answer), hint), token);
}

/** The same failure, with header and claims of the token that was sent. */
export function withToken({ failure }: CheckFailure, token: string): CheckFailure {
  const said = { kind: 'text', title: 'the token, decoded', text: described(token) } as const;
  return new CheckFailure({ ...failure, evidence: [...failure.evidence, said] });
}

/** For a token that is known to be good, or no longer: the status alone, on each instance. */
export async function expectStatusOnBoth(
  http: Http,
  token: string,
  status: number,
  note: string,
): Promise<void> {
  for (const instance of bothOf(http)) {
    const answer = await ask(instance, token, 'GET', '/me', { note });
    if (answer.status !== status)
      throw withToken(answer.failure(`status ${status}`, outcome(answer)), token);
    if (status === 401) expect(answer).toBeProblem(401);
  }
}

function outcome({ status, text }: Response): string {
  if (status === 200) return 'status 200: the token let its bearer in';
  return status >= 500
    ? `status ${status}: the app failed over it`
    : `status ${status}: ${text.slice(0, 120)}`;
}
