import type { Response } from 'backend-labs/kit';
import { type Policy, secondsOf } from './policies.ts';

/** `RateLimit-Policy: "strict";q=5;w=2` must be the policy's. */
export function expectPolicyField(response: Response, policy: Policy): void {
  const name = 'RateLimit-Policy';
  const expected = `${name}: "${policy.name}";q=${policy.limit};w=${secondsOf(policy)}`;
  const item = itemOf(response, name, expected);
  if (
    item?.name === policy.name &&
    item.parameters.get('q') === `${policy.limit}` &&
    item.parameters.get('w') === `${secondsOf(policy)}`
  )
    return;
  throw response.failure(expected, `${name}: ${response.header(name)}`);
}

/** What `RateLimit: "strict";r=3;t=2` says. */
export interface Standing {
  remaining: number;
  resetSeconds: number;
}

/** @throws {CheckFailure} the field is missing, of another form, or beyond its bounds */
export function standingOf(response: Response, policy: Policy): Standing {
  const name = 'RateLimit';
  const expected = `${name}: "${policy.name}";r=…;t=…, r from 0 to ${policy.limit} and t from 0 to ${secondsOf(policy)}`;
  const item = itemOf(response, name, expected);
  const remaining = wholeNumber(item?.parameters.get('r'));
  const resetSeconds = wholeNumber(item?.parameters.get('t'));
  if (item?.name === policy.name && remaining <= policy.limit && resetSeconds <= secondsOf(policy))
    return { remaining, resetSeconds };
  throw response.failure(expected, `${name}: ${response.header(name)}`);
}

/** @throws {CheckFailure} Retry-After is no number of seconds from 1 to the window's */
export function retryAfterOf(response: Response, policy: Policy): number {
  const text = response.requiredHeader('Retry-After');
  const seconds = wholeNumber(text);
  if (seconds >= 1 && seconds <= secondsOf(policy)) return seconds;
  throw response.failure(
    `Retry-After: whole seconds from 1 to ${secondsOf(policy)}, the window`,
    `Retry-After: ${text}`,
  );
}

interface Item {
  name: string;
  /** As text; what is a string, a token or bytes keeps its marks. */
  parameters: ReadonlyMap<string, string>;
}

/** The one item of a list of strings with parameters (RFC 9651, section 4.2). */
function itemOf(response: Response, field: string, expected: string): Item | undefined {
  const text = response.header(field);
  if (text === undefined) throw response.failure(expected, `no header ${field}`);
  const match = /^ *"(?<name>[^"\\]*)"(?<rest>.*?) *$/.exec(text);
  const { name, rest } = match?.groups ?? {};
  if (name === undefined || rest === undefined) return undefined;
  const parameters = new Map<string, string>();
  const parameter =
    /; *([a-z*][a-z0-9_.*-]*)(?:=("(?:[^"\\]|\\.)*"|:[A-Za-z0-9+/=]*:|[^\s;,"]+))?/y;
  while (parameter.lastIndex < rest.length) {
    const found = parameter.exec(rest);
    if (found === null) return undefined;
    parameters.set(found[1]!, found[2] ?? '?1');
  }
  return { name, parameters };
}

/** NaN, which no comparison holds for, where it is none. */
function wholeNumber(text: string | undefined): number {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
}
