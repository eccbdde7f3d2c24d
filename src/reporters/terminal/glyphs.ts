/** What the terminal view draws with; every mark is one column wide. */
export interface Glyphs {
  passed: string;
  failed: string;
  skipped: string;
  errored: string;
  bar: { full: string; empty: string; mark: string };
  rule: string;
  column: string;
  separator: string;
  dash: string;
  ellipsis: string;
  spinner: readonly string[];
}

export const UNICODE: Glyphs = {
  passed: '✔',
  failed: '✖',
  skipped: '○',
  errored: '!',
  bar: { full: '█', empty: '░', mark: '┃' },
  rule: '─',
  column: '│',
  separator: '·',
  dash: '–',
  ellipsis: '…',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

export const ASCII: Glyphs = {
  passed: '+',
  failed: 'x',
  skipped: 'o',
  errored: '!',
  bar: { full: '#', empty: '-', mark: '|' },
  rule: '-',
  column: '|',
  separator: '-',
  dash: '-',
  ellipsis: '...',
  spinner: ['|', '/', '-', '\\'],
};

const SPELLINGS: Readonly<Record<string, string>> = {
  '…': '...',
  '–': '-',
  '—': '-',
  '·': '-',
  '→': '->',
  '←': '<-',
  '≤': '<=',
  '≥': '>=',
  '×': 'x',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '§': 'section',
  '\ufffd': '?',
};

/**
 * Text for a terminal that does not speak UTF-8, where the bytes of one character could be read as
 * control characters: what has no spelling in ASCII is shown as `\u{1f600}`.
 */
export function toAscii(text: string): string {
  return text.replace(
    /[^\0-\x7f]/gu,
    (char) => SPELLINGS[char] ?? `\\u{${char.codePointAt(0)!.toString(16)}}`,
  );
}
