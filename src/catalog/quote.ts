import { plain } from '../core/text.ts';

/**
 * A value as messages quote it: JSON on one line, safe to print. The work is bounded by `maxChars`,
 * however large or deep the value is.
 */
export function quote(value: unknown, maxChars = 80): string {
  const text = plain(abridged(value, maxChars));
  // `plain` again: the cut may have halved a character.
  return text.length <= maxChars ? text : `${plain(text.slice(0, maxChars))}…`;
}

/** JSON that is whole up to `budget` characters, and then may break off. */
function abridged(value: unknown, budget: number): string {
  if (typeof value === 'string') return JSON.stringify(value.slice(0, budget + 1));
  // JSON has no word for it, but 1e400 is read as this.
  if (typeof value === 'number' && !Number.isFinite(value)) return 'a number beyond all bounds';
  if (typeof value !== 'object' || value === null) return String(JSON.stringify(value));
  const isArray = Array.isArray(value);
  let text = isArray ? '[' : '{';
  const open = text.length;
  for (const key in value) {
    if (text.length > budget) return text;
    if (text.length > open) text += ',';
    if (!isArray) text += `${abridged(key, budget - text.length)}:`;
    text += abridged(value[key as keyof typeof value], Math.max(0, budget - text.length));
  }
  return text + (isArray ? ']' : '}');
}
