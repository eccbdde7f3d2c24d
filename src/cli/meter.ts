import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../platform/host.ts';

/** Says how far some long work is; on a terminal in a line of its own, which goes in the end. */
export interface Meter extends Disposable {
  say(text: string): void;
}

const [TERMINAL_MS, LOG_MS] = [100, 10_000];
const CLEAR_LINE = '\r\u001b[K';

/** In a log, a line for each piece of work (what stands before a colon) and one every ten seconds. */
export function createMeter(output: Output, now: () => number = () => performance.now()): Meter {
  const intervalMs = output.isTerminal ? TERMINAL_MS : LOG_MS;
  let saidAt = Number.NEGATIVE_INFINITY;
  let work = '';
  let shown = false;
  return {
    say: (text) => {
      const line = stripVTControlCharacters(text).replace(/\s+/g, ' ');
      const isNew = workOf(line) !== work;
      if (!isNew && now() - saidAt < intervalMs) return;
      work = workOf(line);
      saidAt = now();
      shown = true;
      if (output.isTerminal) output.write(`${CLEAR_LINE}${line.slice(0, output.columns - 1)}`);
      else output.write(`${line}\n`);
    },
    [Symbol.dispose]: () => {
      if (shown && output.isTerminal) output.write(CLEAR_LINE);
    },
  };
}

/** `pulling redis:8-alpine: 12 of 30 MB` → `pulling redis:8-alpine`. */
function workOf(line: string): string {
  return line.replace(/: \d.*$/, '');
}
