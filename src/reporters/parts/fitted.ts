import { excerpt } from '../../core/text.ts';
import type { Entry } from './entries.ts';

/** UTF-16 units that may be said of one check, from what is best to what is least. */
const STEPS = [
  { detail: Number.POSITIVE_INFINITY, reason: Number.POSITIVE_INFINITY },
  { detail: 2_000, reason: Number.POSITIVE_INFINITY },
  { detail: 600, reason: Number.POSITIVE_INFINITY },
  { detail: 0, reason: 300 },
  { detail: 0, reason: 80 },
];

/**
 * What `render` makes of the entries with as much said of each as fits into `maxBytes` of UTF-8;
 * with the least, where even that is too long.
 */
export function fitted(
  maxBytes: number,
  entries: readonly Entry[],
  render: (entries: readonly Entry[]) => string,
): string {
  let text = '';
  for (const { detail, reason } of STEPS) {
    text = render(
      entries.map((entry) => ({
        ...entry,
        detail: cut(entry.detail, detail),
        reason: cut(entry.reason, reason),
      })),
    );
    if (Buffer.byteLength(text) <= maxBytes) break;
  }
  return text;
}

function cut(text: string, chars: number): string {
  return chars === 0 ? '' : excerpt(text, chars);
}
