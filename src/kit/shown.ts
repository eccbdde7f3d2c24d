import { inspect } from 'node:util';

/**
 * A value as failures quote it: on one line, at most `limit` characters, and what cannot be seen
 * (a byte order mark, a zero-width space) as its escape.
 */
export function shown(value: unknown, limit = 200): string {
  const text = escaped(typeof value === 'string' ? JSON.stringify(value) : jsonOrInspect(value));
  return text.length <= limit ? text : `${text.slice(0, limit)}… (${text.length} characters)`;
}

const UNSEEN = /[\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

function escaped(text: string): string {
  return text.replace(
    UNSEEN,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function jsonOrInspect(value: unknown): string {
  if (value instanceof Date) return dateText(value);
  const plain = value !== null && typeof value === 'object' && !(value instanceof RegExp);
  if (plain) {
    try {
      return JSON.stringify(value, asShown) ?? inspect(value);
    } catch {
      // That, or cyclic, or deeper than the stack: inspect copes.
    }
  }
  return inspect(value, { depth: 2, breakLength: Infinity, maxStringLength: 200 });
}

function asShown(this: Record<string, unknown>, name: string, member: unknown): unknown {
  // 1e400 is valid JSON, and the number that it becomes is none.
  if (typeof member === 'number' && !Number.isFinite(member)) throw new RangeError();
  // JSON makes a text of it before it comes here, and the same text is another value.
  const date = this[name];
  return date instanceof Date ? dateText(date) : member;
}

function dateText(date: Date): string {
  return `Date(${inspect(date)})`;
}
