import { CheckFailure } from '../../core/failure.ts';
import { shown } from '../shown.ts';
import type { RequestOptions } from './client.ts';

/**
 * What is sent as headers, names in lower case.
 * @param action for the failure: `GET /me`
 * @throws {CheckFailure} a value cannot be sent: it is the app's, such as a token, or made of what is
 */
export function requestHeaders(options: RequestOptions, action: string): [string, string][] {
  const given = Object.entries(options.headers ?? {}).map(([name, value]): [string, string] => [
    name.toLowerCase(),
    value,
  ]);
  for (const [name, value] of given) expectSendable(name, value, action);
  const has = (name: string) => given.some(([key]) => key === name);
  return [
    ...(has('accept') ? [] : [['accept', 'application/json'] as [string, string]]),
    ...(options.json !== undefined && !has('content-type')
      ? [['content-type', 'application/json'] as [string, string]]
      : []),
    ...given,
  ];
}

/** RFC 9110, section 5.5: field-content, in the bytes that Latin-1 has for it. */
const UNSENDABLE = /[^\t\x20-\x7e\x80-\xff]/u;

/** @param value a string, unless a member of an answer was another than the check took it for */
function expectSendable(name: string, value: unknown, action: string): void {
  const isObject = typeof value === 'object' && value !== null;
  const [character] = (!isObject && UNSENDABLE.exec(String(value))) || [];
  if (!isObject && character === undefined) return;
  throw new CheckFailure({
    action: `${action} with the header ${name}`,
    expected: 'a value that can stand in a header (RFC 9110, section 5.5)',
    actual:
      character === undefined
        ? shown(value)
        : `${shown(value)}, in which ${shown(character)} cannot stand`,
    evidence: [],
    hint: 'Where the value comes from an answer of the app, mend it there. A token that ends in a line break, or has some in it, was made by an encoder that breaks lines, such as encodebytes of Python’s base64: take one that does not.',
  });
}
