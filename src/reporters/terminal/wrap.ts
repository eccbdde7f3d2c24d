import { head, widthOf } from './width.ts';

/** Text in lines of at most `columns`: broken between words, within one only if it is longer. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => wrapLine(line.trimEnd(), Math.max(columns, 8)));
}

/** What follows keeps the line's indent, so that wrapped code stays readable. */
function wrapLine(line: string, columns: number): string[] {
  if (widthOf(line) <= columns) return [line];
  const spaces = line.length - line.trimStart().length;
  const indent = ' '.repeat(Math.min(spaces, columns >> 1));
  const room = columns - indent.length;
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(spaces).split(' ')) {
    const longer = current === '' ? word : `${current} ${word}`;
    if (widthOf(longer) <= room) {
      current = longer;
      continue;
    }
    if (current !== '') lines.push(indent + current);
    const pieces = breakWord(word, room);
    current = pieces.pop() ?? '';
    lines.push(...pieces.map((piece) => indent + piece));
  }
  if (current !== '') lines.push(indent + current);
  return lines;
}

function breakWord(word: string, columns: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (widthOf(rest) > columns) {
    // One that is wider than the line by itself would never get shorter.
    const piece = head(rest, columns) || rest;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return [...pieces, rest];
}
