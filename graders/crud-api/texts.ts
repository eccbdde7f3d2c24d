import type { Random } from 'backend-labs/kit';

/** Texts that something on the way is tempted to change. Each fits into a tag, with a character to spare. */
export const TEXTS: readonly string[] = [
  '  blanks around  ',
  '\u00a0no-break and ideographic\u3000',
  'tab\tline\nreturn\r\nend\n',
  'e\u0301 and \u00e9 differ',
  '\u212b, \u2126, \ufb01 have compatibility forms',
  'O\'Brien said "no" \\ or \\n or \\u0041',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: it is text that looks like a template
  '100% %s %d %00 $1 ${x} {0} :name ?',
  '<b>&amp;</b> &lt;script&gt;',
  '\u{1F469}\u200d\u{1F469}\u200d\u{1F467} \u{1F1E9}\u{1F1EA} \u{1F44D}\u{1F3FD}',
  '\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd',
  '\ufeffbyte order mark',
  '\u2028 and \u2029 end lines',
  '\u0001\u001f\u007f\u0085 controls',
  'null',
  'I\u0307 \u0131 \u00df \u1e9e change case oddly',
  '\ufffd \u{10FFFF} \u{1F600}',
];

/** Up to 30 code points of all of Unicode but U+0000 and the surrogates; never white space alone. */
export function randomText(random: Random): string {
  const points = Array.from({ length: random.integer(5, 29) }, () => codePoint(random));
  return String.fromCodePoint(...points, 0x78);
}

function codePoint(random: Random): number {
  const plane = random.pick([0x7f, 0x7ff, 0xffff, 0x10ffff]);
  const point = random.integer(1, plane);
  return point >= 0xd800 && point <= 0xdfff ? point - 0xd000 : point;
}
