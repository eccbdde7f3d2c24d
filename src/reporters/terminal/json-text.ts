const MAX_DEPTH = 24;

/**
 * JSON laid out for people: an object or array on one line where it fits into `columns`, else a
 * member a line. It is not parsed: numbers, duplicate keys and text that was cut in the middle stay
 * what they are. Undefined where it is no object or array, or nests too deep to be read.
 */
export function layOutJson(text: string, columns: number): string | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined;
  const root = group('');
  const open = [root];
  for (const [token] of text.matchAll(TOKEN)) {
    const inner = open.at(-1)!;
    if (token === '{' || token === '[') {
      if (open.length > MAX_DEPTH) return undefined;
      const child = group(token);
      add(inner, child);
      open.push(child);
    } else if (token === '}' || token === ']') {
      inner.close = token;
      if (open.length > 1) open.pop();
    } else if (token === ',') inner.members.push([]);
    else add(inner, token === ':' ? ': ' : token);
  }
  // More than one line would be needed for what follows the first value; that is no JSON.
  return root.members.length === 1
    ? root.members[0]!.map((part) => lay(part, '', columns)).join('')
    : undefined;
}

/** Strings (also one that never ends), brackets and marks, anything else in runs. */
const TOKEN = /"(?:[^"\\]|\\[\s\S])*"?|[[\]{},:]|[^\s"[\]{},:]+/g;

interface Group {
  open: string;
  /** Empty where the text was cut before it. */
  close: string;
  members: Part[][];
}

type Part = string | Group;

function group(open: string): Group {
  return { open, close: '', members: [[]] };
}

function add(to: Group, part: Part): void {
  to.members.at(-1)!.push(part);
}

function lay(part: Part, indent: string, columns: number): string {
  if (typeof part === 'string') return part;
  const flat = inline(part);
  // UTF-16 units stand for columns: a wide character costs a wrapped line, no more.
  if (indent.length + flat.length <= columns) return flat;
  const deeper = `${indent}  `;
  const members = part.members.map(
    (member) => deeper + member.map((inner) => lay(inner, deeper, columns)).join(''),
  );
  const end = part.close === '' ? '' : `\n${indent}${part.close}`;
  return `${part.open}\n${members.join(',\n')}${end}`;
}

function inline(part: Part): string {
  if (typeof part === 'string') return part;
  return part.open + part.members.map((m) => m.map(inline).join('')).join(', ') + part.close;
}
