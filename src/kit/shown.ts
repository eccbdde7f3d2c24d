import { inspect } from 'node:util';

/** A value as failures quote it: on one line, at most `limit` characters. */
export function shown(value: unknown, limit = 200): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : jsonOrInspect(value);
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}

function jsonOrInspect(value: unknown): string {
  const plain = value !== null && typeof value === 'object' && !(value instanceof RegExp);
  if (plain) {
    try {
      return JSON.stringify(value) ?? inspect(value);
    } catch {
      // Cyclic, or deeper than the stack: inspect copes with both.
    }
  }
  return inspect(value, { depth: 2, breakLength: Infinity, maxStringLength: 200 });
}
