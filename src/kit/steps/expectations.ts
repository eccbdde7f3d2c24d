import type { Expect } from '../../core/checks-file.ts';
import type { Violation } from '../../core/exchange.ts';
import { join } from '../../core/json-pointer.ts';
import { expect } from '../expect/expect.ts';
import type { Response } from '../http/response.ts';
import { same } from '../same.ts';
import { shown } from '../shown.ts';
import { resolvePointer } from './pointer.ts';
import type { Scope } from './scope.ts';
import { TYPES } from './types.ts';

/** Where a body departs from a JSON Schema. The validator is not the kit's. */
export type SchemaViolations = (schema: object | boolean, body: unknown) => Violation[];

/** @throws {CheckFailure} the answer is not as it must be */
export function expectAnswer(
  answer: Response,
  wanted: Expect,
  scope: Scope,
  violationsOf: SchemaViolations,
): void {
  expectStatus(answer, wanted);
  for (const [name, value] of Object.entries(wanted.headers ?? {}))
    expectHeader(answer, name, value, scope);
  for (const [member, type] of Object.entries(wanted.types ?? {})) {
    const actual = at(answer.json, member);
    if (!TYPES[type].fits(actual)) throw atFault(answer, member, TYPES[type].called, actual);
  }
  if (wanted.json !== undefined) expectJson(answer, wanted.json, scope);
  if (wanted.schema !== undefined) {
    const [first] = violationsOf(wanted.schema, answer.json);
    if (first !== undefined)
      throw answer.failure(
        `${first.at} as the check's schema has it: ${first.expected}`,
        first.actual,
      );
  }
  if (wanted.body === '') expect(answer).toHaveEmptyBody();
  else if (wanted.body !== undefined)
    expect(answer.text, 'the body', answer).toBe(scope.text(wanted.body));
}

function expectStatus(answer: Response, { status, problem }: Expect): void {
  if (problem !== undefined) expect(answer).toBeProblem(...[problem].flat());
  if (status !== undefined) expect(answer).toHaveStatus(...[status].flat());
  if (status === undefined && problem === undefined) expect(answer).toSucceed();
}

function expectHeader(
  answer: Response,
  name: string,
  value: NonNullable<Expect['headers']>[string],
  scope: Scope,
): void {
  if (value === false) expect(answer).notToHaveHeader(name);
  else if (value === true) expect(answer).toHaveHeader(name);
  else if (typeof value === 'string') expect(answer).toHaveHeader(name, scope.text(value));
  else expect(answer).toHaveHeader(name, new RegExp(value.matches));
}

/**
 * A mapping that was written names some of the members. What was captured is the whole body: the app
 * made it, and one without members would hold of anything.
 */
function expectJson(answer: Response, written: unknown, scope: Scope): void {
  const body: unknown = answer.json;
  const wanted = scope.fill(written);
  if (!isMapping(wanted)) expect(body, 'the body', answer).toBe(wanted);
  else if (scope.isCaptured(written)) expectSame(answer, body, wanted);
  else expectMembers(answer, body, wanted);
}

function expectMembers(answer: Response, body: unknown, wanted: Mapping): void {
  const names = Object.keys(wanted);
  const allPointers = names.length > 0 && names.every((name) => name.startsWith('/'));
  if (!allPointers && !isMapping(body)) throw answer.failure('an object in the body', shown(body));
  for (const name of names) {
    const actual = at(body, name);
    if (!same(actual, wanted[name])) throw atFault(answer, name, shown(wanted[name]), actual);
  }
}

/** Told by the first member that differs; the names may be the app's. */
function expectSame(answer: Response, body: unknown, wanted: Mapping): void {
  if (!isMapping(body)) {
    expect(body, 'the body', answer).toBe(wanted);
    return;
  }
  for (const name of Object.keys(wanted)) {
    const actual = ownMember(body, name);
    if (!same(actual, wanted[name]))
      throw answer.failure(
        `${shown(name)}: ${shown(wanted[name])} in the body`,
        actual === undefined ? 'no such member' : `${shown(name)}: ${shown(actual)}`,
      );
  }
  const more = Object.keys(body).find((name) => !Object.hasOwn(wanted, name));
  if (more !== undefined)
    throw answer.failure(
      `no member ${shown(more)} in the body`,
      `${shown(more)}: ${shown(body[more])}`,
    );
}

type Mapping = Readonly<Record<string, unknown>>;

function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownMember(body: Mapping, name: string): unknown {
  return Object.hasOwn(body, name) ? body[name] : undefined;
}

/** A member by its name, or what a JSON Pointer leads to. */
function at(body: unknown, member: string): unknown {
  return resolvePointer(body, member.startsWith('/') ? member : join('', member));
}

function atFault(answer: Response, member: string, expected: string, actual: unknown) {
  const name = member.startsWith('/') ? member : `"${member}"`;
  return answer.failure(
    `${name}: ${expected} in the body`,
    actual === undefined ? 'no such member' : `${name}: ${shown(actual)}`,
  );
}
