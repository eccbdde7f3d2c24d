import { excerpt, plain } from '../../core/text.ts';

/*
 * What a learner's program wrote goes through here before any format escapes it. Lengths are in
 * UTF-16 units.
 */

/** Of a title, a reason, a sentence on one line. */
export const LINE_CHARS = 300;

/** Of all that is said of one check. */
export const DETAIL_CHARS = 6_000;

/** Text of several lines without control sequences, cut to `maxChars`. */
export function safeText(text: string, maxChars = DETAIL_CHARS): string {
  return excerpt(plain(text), maxChars);
}

/** The same on one line. */
export function safeLine(text: string, maxChars = LINE_CHARS): string {
  // Only the beginning can be shown, and what cannot is not worth cleaning.
  const looked = text.slice(0, 4 * maxChars);
  const line = plain(looked).replace(/\s+/g, ' ').trim();
  if (looked.length === text.length && line.length <= maxChars) return line;
  // Never half a character.
  return `${line.slice(0, maxChars).replace(/[\ud800-\udbff]$/, '')}…`;
}
