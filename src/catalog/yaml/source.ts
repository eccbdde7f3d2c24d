import { plain } from '../../core/text.ts';

/** A file's text under the name by which messages call it. */
export interface Source {
  shownAs: string;
  text: string;
}

/** Part of a source, in UTF-16 units. */
export interface Span {
  offset: number;
  length: number;
}

/** `labs.yaml:4:1`; lines and columns begin with 1. */
export function placeOf(source: Source, span: Span): string {
  const { line, column } = positionOf(source, span.offset);
  return `${source.shownAs}:${line}:${column}`;
}

export function positionOf(
  { text }: Source,
  offset: number,
): { line: number; column: number; lineStart: number } {
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line += 1;
  }
  return { line, column: offset - lineStart + 1, lineStart };
}

/** Of a node of the parser's; undefined for nothing. */
export function spanOf(node: unknown): Span | undefined {
  const range = (node as { range?: readonly number[] | null } | null | undefined)?.range;
  const [start, end] = range ?? [];
  return start === undefined || end === undefined
    ? undefined
    : { offset: start, length: end - start };
}

const MAX_BEFORE = 50;
const MAX_LINE = 90;

/** The line with carets under the span, safe to print. */
export function frameOf(source: Source, span: Span): string {
  const { line, column, lineStart } = positionOf(source, span.offset);
  const lineEnd = source.text.indexOf('\n', lineStart);
  const text = source.text.slice(lineStart, lineEnd === -1 ? undefined : lineEnd);
  const from = Math.max(0, column - 1 - MAX_BEFORE);
  const before = (from > 0 ? '…' : '') + visible(text.slice(from, column - 1));
  const after = text.slice(column - 1, from + MAX_LINE);
  const cut = from + MAX_LINE < text.length ? '…' : '';
  const carets = Math.max(1, Math.min(span.length, visible(after.trimEnd()).length));
  const gutter = ' '.repeat(String(line).length);
  return [
    `${line} | ${before}${visible(after).trimEnd()}${cut}`,
    `${gutter} | ${' '.repeat(before.length)}${'^'.repeat(carets)}`,
  ].join('\n');
}

/** One column a tab, and seen: it is often the fault. */
function visible(text: string): string {
  return plain(text).replaceAll('\t', '→');
}
