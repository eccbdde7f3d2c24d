/** A piece of a text: as it stands, or what a name stands for. */
export type Piece = string | { name: string };

/** `/tasks/$id`, `${word}s`; `$$` is a dollar sign, and so is one before anything but a letter. */
export function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(/\$(?:(\$)|([A-Za-z]\w*)|\{([A-Za-z]\w*)\})/g)) {
    const name = match[2] ?? match[3];
    pieces.push(text.slice(from, match.index), name === undefined ? '$' : { name });
    from = match.index + match[0].length;
  }
  return [...pieces, text.slice(from)].filter((piece) => piece !== '');
}

/** Data with each name replaced. A text that is nothing but a name becomes the value, whatever it is. */
export function filled(data: unknown, valueOf: (name: string) => unknown): unknown {
  if (typeof data === 'string') {
    const name = nameAlone(data);
    return name === undefined ? filledText(data, valueOf) : valueOf(name);
  }
  if (Array.isArray(data)) return data.map((item) => filled(item, valueOf));
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([key, member]) => [key, filled(member, valueOf)]),
  );
}

/** The name that data is a text of, and of nothing else. */
export function nameAlone(data: unknown): string | undefined {
  if (typeof data !== 'string') return undefined;
  const [first, ...others] = piecesOf(data);
  return typeof first === 'object' && others.length === 0 ? first.name : undefined;
}

/** A text with each name replaced by its value as text. */
export function filledText(text: string, valueOf: (name: string) => unknown): string {
  return piecesOf(text)
    .map((piece) => (typeof piece === 'string' ? piece : asText(valueOf(piece.name))))
    .join('');
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}
