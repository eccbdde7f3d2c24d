import { expect, test } from 'vitest';
import { nearest } from '../../../src/catalog/nearest.ts';
import { quote } from '../../../src/catalog/quote.ts';

test.each([
  ['text', '"text"'],
  [17, '17'],
  [null, 'null'],
  [{ a: [1, 'b', { c: true }] }, '{"a":[1,"b",{"c":true}]}'],
  [[], '[]'],
  [Number.POSITIVE_INFINITY, 'a number beyond all bounds'],
])('%j is quoted as JSON', (value, quoted) => {
  expect(quote(value)).toBe(quoted);
});

test('what is long is cut', () => {
  expect(quote('x'.repeat(1000), 10)).toBe('"xxxxxxxxx…');
  expect(quote(Array(1_000_000).fill({ a: 1 }), 20)).toBe('[{"a":1},{"a":1},{"a…');
});

test('what is deep is cut', () => {
  const deep = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
  expect(quote(deep, 20)).toBe(`${'['.repeat(20)}…`);
});

test('control characters are not repeated', () => {
  expect(quote('\x1b[2J\u009b1m\u202e')).toBe('"\\u001b[2J\ufffd"');
});

test.each([
  ['strat', 'start'],
  ['LANGUAGE', 'language'],
  ['env', 'env'],
  ['x', undefined],
  ['compose', undefined],
])('nearest to %s is %s', (word, expected) => {
  expect(nearest(word, ['start', 'language', 'env'])).toBe(expected);
});
