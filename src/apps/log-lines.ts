import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { LogLine } from '../core/log.ts';

const MAX_LINE_CHARACTERS = 2_000;
const LAST_LINES = 20;

/**
 * Hands on the lines of a stream, each cut to 2,000 characters. A stream is read to its end however
 * much comes, so that a flood does not block the process that writes it.
 */
export function readLines(
  stream: Readable,
  origin: { source: string; stream: LogLine['stream']; now: () => number },
  onLine: (line: LogLine) => void,
): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  const emit = (text: string) => {
    onLine({ at: origin.now(), source: origin.source, stream: origin.stream, text });
  };
  stream.on('data', (chunk: Buffer) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    // A line without an end must not grow without end: its head is kept, the rest is passed over.
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARACTERS + 1);
    for (const line of lines) emit(cut(line));
  });
  stream.on('end', () => {
    if (rest !== '') emit(cut(rest));
  });
  // A pipe that breaks because its writer was killed is no news.
  stream.on('error', () => {});
}

function cut(line: string): string {
  const text = line.endsWith('\r') ? line.slice(0, -1) : line;
  return text.length > MAX_LINE_CHARACTERS ? `${text.slice(0, MAX_LINE_CHARACTERS)}…` : text;
}

/** Hands on what it is given, and keeps the last 20 lines: what a program said before it failed. */
export function keepLast(hear: (line: LogLine) => void): {
  readonly lines: readonly LogLine[];
  onLog(line: LogLine): void;
} {
  const lines: LogLine[] = [];
  return {
    lines,
    onLog: (line) => {
      lines.push(line);
      if (lines.length > LAST_LINES) lines.shift();
      hear(line);
    },
  };
}
