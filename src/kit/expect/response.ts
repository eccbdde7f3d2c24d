import type { Response } from '../http/response.ts';
import { found } from '../pattern.ts';
import { same } from '../same.ts';
import { shown } from '../shown.ts';

export interface ResponseExpectation {
  /** One of the given statuses. */
  toHaveStatus(...statuses: readonly number[]): void;
  /** A status from 200 to 299. */
  toSucceed(): void;
  /** The header is there and, where a value is given, is or matches it. */
  toHaveHeader(name: string, value?: string | RegExp): void;
  notToHaveHeader(name: string): void;
  /** `application/problem+json` with this status, in the line and in the body (RFC 9457). */
  toBeProblem(...statuses: readonly number[]): void;
  /** The JSON body has at least these members, compared by value. */
  toHaveJson(members: Readonly<Record<string, unknown>>): void;
  toHaveEmptyBody(): void;
}

export function expectResponse(response: Response): ResponseExpectation {
  const toHaveStatus = (...statuses: readonly number[]) => {
    if (statuses.includes(response.status)) return;
    throw response.failure(`status ${statuses.join(' or ')}`, statusAndDetail(response));
  };
  return {
    toHaveStatus,
    toSucceed: () => {
      if (response.status >= 200 && response.status < 300) return;
      throw response.failure('a status from 200 to 299', statusAndDetail(response));
    },
    toHaveHeader: (name, value) => {
      const actual = response.requiredHeader(name);
      const holds =
        value === undefined ||
        (typeof value === 'string' ? actual === value : found(value, actual) !== undefined);
      if (!holds) throw response.failure(`${name}: ${wanted(value)}`, `${name}: ${shown(actual)}`);
    },
    notToHaveHeader: (name) => {
      const actual = response.header(name);
      if (actual === undefined) return;
      throw response.failure(`no header ${name}`, `${name}: ${shown(actual)}`);
    },
    toBeProblem: (...statuses) => {
      toHaveStatus(...statuses);
      const type = response.header('content-type');
      if (type === undefined || mediaType(type) !== 'application/problem+json')
        throw response.failure(
          'an application/problem+json body (RFC 9457)',
          type === undefined ? 'no Content-Type' : `Content-Type: ${shown(type)}`,
        );
      const member = (response.json as { status?: unknown } | null)?.status;
      if (member !== response.status)
        throw response.failure(
          `"status": ${response.status} in the problem, as in the status line`,
          member === undefined ? 'no such member' : `"status": ${shown(member)}`,
        );
    },
    toHaveJson: (members) => {
      const body: unknown = response.json;
      for (const [name, expected] of Object.entries(members)) {
        const actual = memberOf(body, name);
        if (same(actual, expected)) continue;
        throw response.failure(
          `"${name}": ${shown(expected)} in the body`,
          actual === undefined ? 'no such member' : `"${name}": ${shown(actual)}`,
        );
      }
    },
    toHaveEmptyBody: () => {
      if (response.bytes.length > 0)
        throw response.failure(
          'an empty body',
          `${response.bytes.length} ${response.bytes.length === 1 ? 'byte' : 'bytes'}: ${shown(response.text, 80)}`,
        );
    },
  };
}

/** The status and, where the body is a problem document, what it says; the body itself is evidence. */
function statusAndDetail(response: Response): string {
  const status = `status ${response.status}`;
  if (!/[/+]json/.test(response.header('content-type') ?? '')) return status;
  const { value } = attemptSync(
    () => response.json as { detail?: unknown; title?: unknown } | null,
  );
  const said = value?.detail ?? value?.title;
  return response.status >= 400 && typeof said === 'string'
    ? `${status}, saying ${shown(said, 120)}`
    : status;
}

function attemptSync<T>(action: () => T): { value?: T } {
  try {
    return { value: action() };
  } catch {
    return {};
  }
}

function wanted(value: string | RegExp | undefined): string {
  return value instanceof RegExp ? `matching ${value}` : shown(value);
}

function mediaType(contentType: string): string {
  return (contentType.split(';')[0] ?? '').trim().toLowerCase();
}

function memberOf(body: unknown, name: string): unknown {
  return body !== null && typeof body === 'object' && Object.hasOwn(body, name)
    ? (body as Record<string, unknown>)[name]
    : undefined;
}
