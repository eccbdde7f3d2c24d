import type { Screen } from '../../../src/reporters/terminal/screen.ts';

export interface RecordedScreen extends Screen {
  /** Everything that was written. */
  readonly written: string;
}

export function recordedScreen(options: Partial<Omit<Screen, 'write'>> = {}): RecordedScreen {
  let written = '';
  return {
    isTerminal: true,
    columns: 80,
    colors: false,
    ...options,
    write: (text) => {
      written += text;
    },
    get written() {
      return written;
    },
  };
}

export interface Shown {
  lines: string[];
  cursorVisible: boolean;
}

/**
 * What a terminal shows of the text: the few sequences that the live view uses, any other is an
 * error. Nothing scrolls out of sight, and no line may be wider than the terminal.
 */
export function interpret(text: string, columns: number): Shown {
  const rows: string[] = [''];
  let row = 0;
  let column = 0;
  let cursorVisible = true;
  for (const [token, , parameter = '', command] of text.matchAll(
    /(\x1b\[(\??\d*)([A-Za-z]))|\r|\n|[^\x1b\r\n]+|\x1b/g,
  )) {
    const n = Number(parameter || 1);
    if (command === undefined) {
      if (token === '\n') {
        row++;
        column = 0;
      } else if (token === '\r') column = 0;
      else if (token === '\x1b') throw new Error('unknown sequence');
      else {
        const line = (rows[row] ?? '').padEnd(column);
        rows[row] = line.slice(0, column) + token + line.slice(column + token.length);
        column += token.length;
        if (column > columns) throw new Error(`line wider than ${columns}: ${rows[row]}`);
      }
    } else if (command === 'A') row = Math.max(0, row - n);
    else if (command === 'B') row += n;
    else if (command === 'G') column = n - 1;
    else if (command === 'K') {
      const line = rows[row] ?? '';
      rows[row] = parameter === '2' ? '' : line.slice(0, column);
    } else if (parameter === '?25') cursorVisible = command === 'h';
    else if (parameter !== '?2026') throw new Error(`unknown sequence ${JSON.stringify(token)}`);
    while (rows.length <= row) rows.push('');
  }
  const lines = rows.map((line) => line.trimEnd());
  while (lines.length > row + 1 && lines.at(-1) === '') lines.pop();
  return { lines, cursorVisible };
}
