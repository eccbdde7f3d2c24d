import stringWidth from 'string-width';

/** Columns that a line takes; it holds no control characters. */
export function widthOf(line: string): number {
  return stringWidth(line);
}

/** The line, cut to `columns` with an ellipsis where it is longer. */
export function truncate(line: string, columns: number, ellipsis: string): string {
  if (widthOf(line) <= columns) return line;
  if (columns <= ellipsis.length) return ellipsis.slice(0, Math.max(0, columns));
  return head(line, columns - ellipsis.length).trimEnd() + ellipsis;
}

export function padEnd(line: string, columns: number): string {
  return line + ' '.repeat(Math.max(0, columns - widthOf(line)));
}

export function padStart(line: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - widthOf(line))) + line;
}

const segmenter = new Intl.Segmenter();

/** As much of the line as fits into `columns`, whole graphemes only. */
export function head(line: string, columns: number): string {
  if (/^[\x20-\x7e]*$/.test(line.slice(0, columns + 1))) return line.slice(0, columns);
  let used = 0;
  let end = 0;
  for (const { segment, index } of segmenter.segment(line)) {
    used += widthOf(segment);
    if (used > columns) break;
    end = index + segment.length;
  }
  return line.slice(0, end);
}
