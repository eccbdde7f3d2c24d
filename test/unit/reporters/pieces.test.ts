import { describe, expect, it, test } from 'vitest';
import { nextStep } from '../../../src/reporters/next-step.ts';
import { duration, number, seconds } from '../../../src/reporters/terminal/duration.ts';
import { layOutJson } from '../../../src/reporters/terminal/json-text.ts';
import { terminalTraits } from '../../../src/reporters/terminal/terminal-traits.ts';
import { truncate } from '../../../src/reporters/terminal/width.ts';
import { wrap } from '../../../src/reporters/terminal/wrap.ts';
import { passedChecks } from './samples/crud-api.ts';
import { checksWith, failed } from './samples/reports.ts';

const FAILED = failed({ action: '', expected: '', actual: '', evidence: [] });

describe('nextStep', () => {
  it('is the check that most others wait for, also through others', () => {
    const checks = checksWith({
      'read-unknown': FAILED,
      'filter-sort': FAILED,
      'create-location': FAILED,
    });
    expect(nextStep(checks)).toMatchObject({ check: { id: 'create-location' }, blocks: 3 });
  });

  it('is the first where none waits', () => {
    const checks = checksWith({ 'kill-9': FAILED, 'bad-json': FAILED });
    expect(nextStep(checks)).toMatchObject({ check: { id: 'bad-json' }, blocks: 0 });
  });

  it('survives checks that need each other', () => {
    const checks = passedChecks()
      .slice(0, 2)
      .map((check) => ({ ...check, ...FAILED, needs: ['create-201', 'create-location'] }));
    expect(nextStep(checks)).toMatchObject({ blocks: 1 });
  });

  it('is none where none failed', () => {
    expect(nextStep(passedChecks())).toBeUndefined();
  });
});

describe('layOutJson', () => {
  test.each([
    ['{"a":1,"b":[1, 2]}', 80, '{"a": 1, "b": [1, 2]}'],
    ['{"a":1,"b":[1,2]}', 12, '{\n  "a": 1,\n  "b": [1, 2]\n}'],
    ['{"a":1e400,"a":12345678901234567890}', 80, '{"a": 1e400, "a": 12345678901234567890}'],
    ['{"a":"x, [y] {z}: \\"q\\""}', 80, '{"a": "x, [y] {z}: \\"q\\""}'],
    ['[]', 80, '[]'],
    ['{"cut":"in the mid', 80, '{"cut": "in the mid'],
    ['[{"a":[1,', 4, '[\n  {\n    "a": [\n      1,\n      '],
    ['plain text', 80, undefined],
    ['[1], [2]', 80, undefined],
    ['['.repeat(100_000), 80, undefined],
  ])('%#', (text, columns, expected) => {
    expect(layOutJson(text, columns)).toBe(expected);
  });
});

describe('wrap', () => {
  test.each([
    ['one two three', 9, ['one two', 'three']],
    ['    at f (long/path.js:1:2)', 20, ['    at f', '    (long/path.js:1:', '    2)']],
    ['漢字漢字漢字', 8, ['漢字漢字', '漢字']],
    ['abcdefghijkl', 8, ['abcdefgh', 'ijkl']],
    ['a\n\nb', 8, ['a', '', 'b']],
    ['', 8, ['']],
  ])('%j in %i columns', (text, columns, lines) => {
    expect(wrap(text, columns)).toEqual(lines);
  });
});

test('truncate', () => {
  expect(truncate('abcdef', 6, '…')).toBe('abcdef');
  expect(truncate('abcdef', 5, '…')).toBe('abcd…');
  expect(truncate('漢字漢字', 6, '…')).toBe('漢字…');
  expect(truncate('👩‍👩‍👧👩‍👩‍👧', 3, '…')).toBe('👩‍👩‍👧…');
  expect(truncate('abcdef', 0, '…')).toBe('');
});

test('times and numbers', () => {
  expect([12.4, 999.6, 1_449, 61_000].map(duration)).toEqual([
    '12 ms',
    '1.0 s',
    '1.4 s',
    '1 min 1 s',
  ]);
  expect([40, 59_960].map(seconds)).toEqual(['0.0 s', '1 min 0 s']);
  expect([999, 1_000, 90_000_000].map(number)).toEqual(['999', '1,000', '90,000,000']);
  expect([12.3456, 1_000.5, 1_234.5678].map(number)).toEqual(['12.3456', '1,000.5', '1,234.5678']);
});

test.each([
  [{ LANG: 'en_GB.UTF-8', TERM: 'xterm' }, true, true],
  [{ LANG: 'C.utf8', LC_ALL: 'C', TERM: 'xterm' }, false, true],
  [{ LC_CTYPE: 'C.UTF-8', LANG: 'C' }, true, true],
  [{ LANG: 'C.UTF-8', TERM: 'linux' }, false, true],
  [{ LANG: 'C.UTF-8', TERM: 'dumb' }, false, false],
  [{}, false, true],
])('terminalTraits %#', (env, unicode, redraws) => {
  expect(terminalTraits(env, 'linux')).toEqual({ unicode, redraws });
});
