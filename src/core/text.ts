/*
 * Text that a learner's program made may hold anything: sequences that move the cursor, write to
 * the clipboard or turn the line around. `util.stripVTControlCharacters` leaves DCS, APC, C1, BEL,
 * NUL, unterminated OSC and the bidi controls, so the grammar (ECMA-48 § 5) stands here.
 *
 * Linear in the length of the text: no alternative can scan past the start of the next sequence.
 */
const SEQUENCE = new RegExp(
  [
    // CSI; where the final byte is missing, what came of it goes all the same.
    '(?:\\x1b\\[|\\x9b)[0-?]*[ -/]*[@-~]?',
    // OSC, DCS, SOS, PM and APC, up to their terminator.
    '(?:\\x1b[\\]PX^_]|[\\x9d\\x90\\x98\\x9e\\x9f])[^\\x00-\\x1f\\x7f-\\x9f]*(?:\\x07|\\x1b\\\\|\\x9c)',
    // Any other escape, among them the start of a string that never ends: its text stays.
    '\\x1b[ -/]*[0-~]?',
  ].join('|'),
  'g',
);

/**
 * What shows nothing and may do something: C0 but tab and newline, DEL, C1, soft hyphen, bidi
 * controls, zero-width spaces, line separators, invisible operators, tags. The joiners U+200C and
 * U+200D stay: emoji and several scripts need them.
 */
const INVISIBLE =
  /(?:[\0-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]|\udb40[\udc00-\udc7f])/g;

const SUSPECT = new RegExp(INVISIBLE.source);

/**
 * Text that is safe on a terminal and in a log: control sequences are gone, each run of characters
 * that cannot be seen is one `\ufffd`, and of the controls only tabs and newlines are left.
 */
export function plain(text: string): string {
  const whole = text.toWellFormed();
  if (!SUSPECT.test(whole)) return whole;
  return markRuns(lineEnds(whole.replace(SEQUENCE, '')));
}

/** `\r\n` is a newline and a last `\r` nothing; any other would let a line overwrite itself. */
function lineEnds(text: string): string {
  return text.replace(/\r+\n?/g, (run, offset: number) => {
    if (run.endsWith('\n')) return '\n';
    return offset + run.length === text.length ? '' : '\r';
  });
}

/** One mark a run; a pattern with `+` over pairs of code units overflows the engine's stack. */
function markRuns(text: string): string {
  let end = -1;
  return text.replace(INVISIBLE, (match, offset: number) => {
    const adjoins = offset === end;
    end = offset + match.length;
    return adjoins ? '' : '\ufffd';
  });
}

/** The first `maxChars` UTF-16 units, never half a character, and how many were left out. */
export function excerpt(text: string, maxChars: number): string {
  if (text.length <= maxChars) return text;
  const last = text.charCodeAt(maxChars - 1);
  const end = last >= 0xd800 && last <= 0xdbff ? maxChars - 1 : maxChars;
  return `${text.slice(0, end)}… (+${text.length - end} characters)`;
}
