import { expect, test } from 'vitest';
import { splitInline } from '../../../../src/network/redis/inline.ts';

test.each([
  ['get a', ['get', 'a']],
  ['  get\t a  ', ['get', 'a']],
  ['', []],
  [' ', []],
  ['set "a b" c', ['set', 'a b', 'c']],
  ['set a"b c"', ['set', 'ab c']],
  ['set "" \'\'', ['set', '', '']],
  [String.raw`set "\x41\n\"\\\q" '\n\'\\x'`, ['set', 'A\n"\\q', "\\n'\\\\x"]],
  ['get a\0b c', ['get', 'a']],
])('%j is %j', (line, words) => {
  expect(splitInline(line)).toEqual(words);
});

test.each(['"a', "'a", '"a"b', "'a'b", '"a\\"', `a"b"c`])('%j does not balance', (line) => {
  expect(() => splitInline(line)).toThrow('do not balance');
});
