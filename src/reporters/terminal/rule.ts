import type { Page } from './page.ts';
import { widthOf } from './width.ts';

/** A line across the page that names what follows. */
export function rule(title: string, { width, glyphs, paint }: Page): string {
  const before = glyphs.rule.repeat(2);
  const after = glyphs.rule.repeat(Math.max(0, width - widthOf(title) - 4));
  return `${paint.dim(before)} ${paint.bold(title)} ${paint.dim(after)}`;
}
