import { ProtocolError } from '../protocol-error.ts';

const ESCAPED: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  a: '\x07',
};

const SPACE = /[ \t\n\v\f\r]*/y;
const ENDS_WORD = /[ \t\n\r]|$/y;
// A quoted part ends its word: space must follow, or nothing.
const PART =
  /"((?:[^"\\]|\\.)*)"(?=[ \t\n\v\f\r]|$)|'((?:\\'|[^'\\]|\\(?!'))*)'(?=[ \t\n\v\f\r]|$)|([^ \t\n\r"']+)/sy;

/**
 * The words of a command typed as a line, as into `telnet`. Throws a ProtocolError for
 * quotes that do not balance, at which the server hangs up.
 *
 * Redis documentation, "Redis serialization protocol specification", section "Inline
 * commands"; quotes as in `sdssplitargs` of Redis' source.
 */
export function splitInline(sent: string): string[] {
  // The server reads it as a C string.
  const line = sent.replace(/\0.*$/s, '');
  const words: string[] = [];
  let at = end(SPACE, line, 0);
  while (at < line.length) {
    let word = '';
    // An unquoted part may go over into a quoted one: a"b c" is one word.
    do {
      PART.lastIndex = at;
      const part = PART.exec(line);
      if (part === null) throw new ProtocolError('the quotes of an inline command do not balance');
      at = PART.lastIndex;
      word += unquote(part);
    } while (end(ENDS_WORD, line, at) < 0);
    words.push(word);
    at = end(SPACE, line, at);
  }
  return words;
}

/** Where a match that begins at `at` ends; -1 where none does. */
function end(pattern: RegExp, line: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(line) ? pattern.lastIndex : -1;
}

function unquote([, double, single, plain = '']: RegExpExecArray): string {
  if (single !== undefined) return single.replaceAll("\\'", "'");
  if (double === undefined) return plain;
  return double.replace(/\\(?:x([\da-fA-F]{2})|(.))/gs, (_, hex?: string, other = '') =>
    hex === undefined ? (ESCAPED[other] ?? other) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
