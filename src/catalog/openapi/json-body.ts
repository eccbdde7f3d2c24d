import { messageOf } from '../../core/errors.ts';
import type { Violation } from '../../core/exchange.ts';
import { isTooDeep, MAX_DEPTH } from '../../core/json-depth.ts';
import { excerpt, plain } from '../../core/text.ts';

/** JSON that has been read, or why it is none. */
export function readJson(body: Buffer): { value: unknown } | { violation: Violation } {
  const wrong = (expected: string, actual: string) => ({
    violation: { at: 'body', expected, actual },
  });
  if (isTooDeep(body)) return wrong(`JSON at most ${MAX_DEPTH} levels deep`, 'deeper nesting');
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return wrong('JSON in UTF-8', `bytes that are not UTF-8: ${shown(body)}`);
  }
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    return wrong('JSON', body.length <= 80 ? shown(body) : plain(messageOf(error)));
  }
}

/** Text as messages quote it. */
export function shown(body: Buffer): string {
  return JSON.stringify(excerpt(plain(body.subarray(0, 400).toString()), 80));
}
