import { describe, expect, it, test } from 'vitest';
import type { Report } from '../../../src/core/report.ts';
import { jsonText } from '../../../src/reporters/parts/json-text.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';
import { FORMATS } from './formats.ts';
import { expectGolden } from './golden.ts';
import { HOSTILE, mixed, mixedIncomplete, mixedNotStarted, SECRET } from './samples/mixed.ts';

const REPORTS: Readonly<Record<string, Report>> = {
  graded: mixed,
  incomplete: mixedIncomplete,
  'not-started': mixedNotStarted,
};

/** What acts on a terminal, or is there and not seen. */
const UNSEEN =
  /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069]|\p{Surrogate}/u;

const all = Object.entries(FORMATS).flatMap(([file, render]) =>
  Object.entries(REPORTS).map(([name, report]) => ({ file, name, render, report })),
);

describe('JSON', () => {
  it('is the same value, with nothing in it that a terminal acts on', () => {
    const value = { text: `${HOSTILE}\u{e0041}\u2028\x9b`, list: ['\ud800', 1, null] };
    const text = jsonText(value);
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(UNSEEN);
  });
});

describe('every format', () => {
  test.each(all)('$name: $file', ({ file, name, render, report }) => {
    expectGolden(`formats/${name}.${file}`, render(report));
  });

  test.each(all)('$name: $file holds no control or hidden character', ({ render, report }) => {
    expect(render(report)).not.toMatch(UNSEEN);
  });

  test.each(all)('$name: $file keeps what is withheld', ({ render, report }) => {
    expect(render(report)).not.toContain(SECRET);
  });

  test.each(all)('$name: $file is of bounded length', ({ render, report }) => {
    expect(render(report).length).toBeLessThan(120_000);
  });

  it.each(Object.entries(FORMATS))('%s copes with a report that says little', (_, render) => {
    const [check] = mixed.checks;
    const { failure: _failure, ...bare } = { ...check!, stage: 'nowhere', title: '' };
    for (const verdict of ['passed', 'failed', 'skipped', 'errored'] as const)
      expect(render({ ...mixed, checks: [{ ...bare, verdict }], stages: [] })).not.toBe('');
    expect(render({ ...mixed, checks: [], stages: [], notes: [] })).not.toBe('');
  });

  it.each(Object.entries(FORMATS))('%s is quick with thirty failures', (_, render) => {
    const failed = mixed.checks[1]!;
    const checks = Array.from({ length: 30 }, (_, at) => ({ ...failed, id: `reads-${at}` }));
    expect(cpuTimeOf(() => render({ ...mixed, checks }))).toBeLessThan(5_000);
  });
});
