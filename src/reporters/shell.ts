import { isUtf8 } from 'node:buffer';
import { plain } from '../core/text.ts';

/**
 * Bytes as one word of a shell command line. What is printable stands in plain or single quotes;
 * anything else makes it `$'…'`, which bash, zsh and ksh read. No shell can pass a NUL as part of an
 * argument: see `printfOf`.
 *
 * `ascii`: for a terminal that would garble anything else.
 */
export function shellWord(bytes: Buffer, ascii = false): string {
  const text = ascii && bytes.some((byte) => byte > 0x7e) ? undefined : printable(bytes);
  if (text === undefined) return `$'${escaped(bytes)}'`;
  return /^[\w@%+:,./-][\w@%+=:,./-]*$/.test(text) ? text : singleQuoted(text);
}

/** A command that writes the bytes, for what no argument can hold. */
export function printfOf(bytes: Buffer): string {
  // Some shells undo the escapes before they look for directives, so `\045` would be one.
  const format = escaped(bytes).replaceAll('%', '%%').replace(/^-/, '\\055');
  return `printf '${format}'`;
}

function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** The text, where a terminal shows every character of it and passes it on as it is. */
function printable(bytes: Buffer): string | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString('utf8');
  return /[\t\n]/.test(text) || plain(text) !== text ? undefined : text;
}

/** A quote and a `!` in octal too: nothing is then left for history expansion to misread. */
const NAMED: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\\': '\\\\',
  "'": '\\047',
  '!': '\\041',
};

/** Octal with all three digits: the digit that follows is never taken for part of it. */
function escaped(bytes: Buffer): string {
  return Array.from(bytes, (byte) => {
    const char = String.fromCharCode(byte);
    if (NAMED[char] !== undefined) return NAMED[char];
    return byte >= 0x20 && byte < 0x7f ? char : `\\${byte.toString(8).padStart(3, '0')}`;
  }).join('');
}
