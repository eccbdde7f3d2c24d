import { describe, expect, it, test } from 'vitest';
import { excerpt, plain } from '../../../src/core/text.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';

describe('plain', () => {
  test.each([
    ['colours', '\x1b[1;31mred\x1b[0m', 'red'],
    ['CSI in one C1 character', '\x9b31mred', 'red'],
    ['CSI that never ends', 'a\x1b[31', 'a'],
    ['OSC 52, ended by BEL', 'a\x1b]52;c;cm0=\x07b', 'ab'],
    ['OSC, ended by ST', 'a\x1b]0;title\x1b\\b', 'ab'],
    ['OSC in C1', 'a\x9d0;title\x9cb', 'ab'],
    ['OSC that never ends: its text stays', '\x1b]0;title', '0;title'],
    ['DCS', 'a\x1bPq#0\x1b\\b', 'ab'],
    ['APC and PM', 'a\x1b_x\x1b\\\x1b^y\x1b\\b', 'ab'],
    ['character sets, reset, lone escape', '\x1b(B1\x1bc2\x1b', '12'],
    ['a sequence inside another', '\x1b\x1b[m[31m', '[31m'],
    ['line ends of other systems', 'a\r\nb\r\r\nc\r', 'a\nb\nc'],
    ['a carriage return that overwrites', '10%\r20%', '10%\ufffd20%'],
    ['a run of controls', 'a\0\x07\b\x7f\x85b', 'a\ufffdb'],
    ['bidi controls', 'a\u202eb\u2066c\u200fd', 'a\ufffdb\ufffdc\ufffdd'],
    ['zero width and line separators', 'a\u200bb\ufeffc\u2028d', 'a\ufffdb\ufffdc\ufffdd'],
    ['tags', 'a\u{e0041}\u{e0042}b', 'a\ufffdb'],
    ['lone surrogates', 'a\ud800b', 'a\ufffdb'],
    ['tabs, newlines, emoji and joiners stay', 'a\tb\n👩‍👧 é 日本', 'a\tb\n👩‍👧 é 日本'],
  ])('%s', (_, text, expected) => {
    expect(plain(text)).toBe(expected);
  });

  const MIB = 1 << 20;
  test.each([
    ['ESC', '\x1b'.repeat(MIB)],
    ['OSC starts', '\x1b]'.repeat(MIB / 2)],
    ['one OSC without end', `\x1b]${'a'.repeat(MIB)}`],
    ['C1 OSC starts', '\x9d'.repeat(MIB)],
    ['DCS that each new one breaks off', '\x1bPq'.repeat(MIB / 3)],
    ['one CSI without end', `\x1b[${'0'.repeat(MIB)}`],
    ['CR', `${'\r'.repeat(MIB)}x`],
    ['NUL', '\0'.repeat(MIB)],
    ['tags', '\u{e0041}'.repeat(MIB / 2)],
  ])('takes time in proportion to the length: %s', (_, text) => {
    const clean = () => expect(plain(text)).not.toMatch(/[\x1b\x9d\r\0]/);
    expect(cpuTimeOf(clean)).toBeLessThan(1_000);
  });

  it('changes nothing more the second time', () => {
    const once = plain('\x1b[1m\x9dx\r\u202e\0 a\x1b]b');
    expect(plain(once)).toBe(once);
  });
});

describe('excerpt', () => {
  it('says how much it leaves out', () => {
    expect(excerpt('abcdef', 4)).toBe('abcd… (+2 characters)');
    expect(excerpt('abcd', 4)).toBe('abcd');
  });

  it('never cuts a character in two', () => {
    expect(excerpt('a😀b', 2)).toBe('a… (+3 characters)');
  });
});
