import { messageOf } from '../../core/errors.ts';
import type { Violation } from '../../core/exchange.ts';
import { excerpt, plain } from '../../core/text.ts';

/** Deeper is never meant, and would overflow the stack of whoever walks it. */
const MAX_DEPTH = 500;

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

function isTooDeep(body: Buffer): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < body.length; index++) {
    const byte = body[index];
    if (inString) {
      if (byte === BACKSLASH) index++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      depth += 1;
      if (depth > MAX_DEPTH) return true;
    } else if (byte === CLOSE_BRACKET || byte === CLOSE_BRACE) {
      depth -= 1;
    }
  }
  return false;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
