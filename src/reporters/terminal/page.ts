import { excerpt, plain } from '../../core/text.ts';
import { ASCII, type Glyphs, toAscii, UNICODE } from './glyphs.ts';
import { createPaint, type Paint } from './style.ts';
import { padEnd } from './width.ts';

export interface PageOptions {
  /** Columns of the terminal. */
  width: number;
  colors: boolean;
  unicode: boolean;
}

/** How to write for one terminal. Everything that comes from outside goes through `clean` or `line`. */
export interface Page {
  /** Columns that are written to; a wide terminal is not filled, since eyes must follow a line. */
  width: number;
  unicode: boolean;
  paint: Paint;
  glyphs: Glyphs;
  /** Safe text of several lines, cut to `maxChars`. */
  clean(text: string, maxChars: number): string;
  /** Safe text on one line, cut to 300 characters unless told otherwise. */
  line(text: string, maxChars?: number): string;
}

const MAX_WIDTH = 100;
const MIN_WIDTH = 24;

export function createPage({ width, colors, unicode }: PageOptions): Page {
  const clean = (text: string, maxChars: number) => {
    const safe = excerpt(plain(text).replaceAll('\t', '  '), maxChars);
    return unicode ? safe : toAscii(safe);
  };
  return {
    width: Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, Number.isFinite(width) ? width : 80)),
    unicode,
    paint: createPaint(colors),
    glyphs: unicode ? UNICODE : ASCII,
    clean,
    line: (text, maxChars = 300) => clean(text, maxChars).replace(/\s+/g, ' ').trim(),
  };
}

/** Columns left of what a label says. */
const LABEL = 10;
const INDENT = 3;

export function contentWidth(page: Page): number {
  return page.width - contentColumn(page);
}

function contentColumn(page: Page): number {
  return isNarrow(page) ? INDENT + 2 : INDENT + LABEL;
}

function isNarrow(page: Page): boolean {
  return page.width < 60;
}

/** Lines beside a label in the margin; below it where the page is narrow. */
export function labelled(page: Page, label: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  const margin = ' '.repeat(contentColumn(page));
  const name = page.paint.dim(label);
  const body = lines.map((line) => (line === '' ? '' : margin + line));
  if (label === '') return body;
  if (isNarrow(page)) return [' '.repeat(INDENT) + name, ...body];
  return [' '.repeat(INDENT) + padEnd(name, LABEL) + lines[0], ...body.slice(1)];
}
