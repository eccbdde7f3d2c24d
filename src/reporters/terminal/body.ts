import type { BodyExcerpt } from '../../core/exchange.ts';
import { clip } from './clip.ts';
import { number } from './duration.ts';
import { layOutJson } from './json-text.ts';
import type { DetailLimits } from './limits.ts';
import { contentWidth, type Page } from './page.ts';
import { wrap } from './wrap.ts';

/** A body as text: JSON on one line where it fits, else laid out; what is left out is said. */
export function bodyLines(body: BodyExcerpt, page: Page, limits: DetailLimits): string[] {
  if (body.bytes === 0) return [page.paint.dim('(no body)')];
  const columns = contentWidth(page);
  const text = page.clean(body.text.slice(0, limits.chars), limits.chars);
  const lines = wrap(layOutJson(text, columns) ?? text, columns);
  const whole = !body.truncated && body.text.length <= limits.chars;
  return [
    ...clip(lines, limits.lines, page),
    ...(whole ? [] : [page.paint.dim(`(the beginning of ${number(body.bytes)} bytes)`)]),
  ];
}
