import { count } from './duration.ts';
import type { Page } from './page.ts';

/** The first `max` lines, and how many more there are. */
export function clip(lines: readonly string[], max: number, { glyphs }: Page): string[] {
  if (lines.length <= max) return [...lines];
  return [
    ...lines.slice(0, max - 1),
    `${glyphs.ellipsis} ${count(lines.length - max + 1, 'more line')}`,
  ];
}
