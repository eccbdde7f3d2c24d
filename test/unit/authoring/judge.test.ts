import { describe, expect, it } from 'vitest';
import { judge } from '../../../src/authoring/judge.ts';
import type { Mutant } from '../../../src/authoring/mutant.ts';
import type { Subject } from '../../../src/authoring/subject.ts';
import type { Verdict } from '../../../src/core/check.ts';
import type { Failure } from '../../../src/core/failure.ts';
import type { CheckResult, Report } from '../../../src/core/report.ts';
import { outcome } from './results.ts';

const template: Subject = { kind: 'template', name: 'js', directory: '/t' };
const solution: Subject = { kind: 'solution', name: 'js', directory: '/s' };
const mutant = (...caughtBy: [string, ...string[]]): Subject => ({
  kind: 'mutant',
  name: 'm',
  directory: '/s',
  mutant: { manifest: { caughtBy } } as unknown as Mutant,
});

function report(
  verdicts: Record<string, Verdict>,
  {
    percent = 10,
    hint = 'mend it',
    startup,
  }: { percent?: number; hint?: string; startup?: Failure } = {},
): Report {
  const checks = Object.entries(verdicts).map(
    ([id, verdict]): CheckResult => ({
      ...outcome(id, verdict),
      title: id,
      stage: 'basics',
      points: 1,
      needs: [],
      hint,
      reference: { title: 'a book', url: 'https://example.com/' },
    }),
  );
  const score = { earned: percent, max: 100, percent };
  return { score, checks, ...(startup !== undefined && { startup }) } as unknown as Report;
}

describe('a template', () => {
  const verdicts = { a: 'passed', b: 'failed' } as const;

  it.each([
    [1, []],
    [24, []],
    [0, ['earns nothing; expected a little']],
    [25, ['earns 25 %; expected less than a quarter']],
  ])('that earns %i %% is told %j', (percent, problems) => {
    expect(judge(template, report(verdicts, { percent }))).toEqual(problems);
  });

  it('needs a hint at its first failure', () => {
    expect(judge(template, report(verdicts, { hint: '' }))).toEqual(['b fails without a hint']);
  });

  it('that does not start is told with the last lines that it wrote', () => {
    const lines = ['one', 'two', 'three', 'four', 'five', 'six', 'seven'].map((text) => ({
      at: 0,
      source: 'web.1',
      text,
    }));
    const startup = {
      action: 'start the app',
      expected: 'it serves',
      actual: 'It exited with code 1.',
      evidence: [{ kind: 'log', source: 'web.1', lines }],
    } as unknown as Failure;
    expect(judge(template, report({}, { startup }))).toEqual([
      'does not start: It exited with code 1.\ntwo\nthree\nfour\nfive\nsix\nseven',
    ]);
  });
});

describe('a solution', () => {
  it('must pass every check', () => {
    expect(judge(solution, report({ a: 'passed' }))).toEqual([]);
    expect(judge(solution, report({ a: 'passed', b: 'failed', c: 'skipped' }))).toEqual([
      expect.stringContaining('b failed (GET /notes/7: expected 404, got 200'),
      'c skipped (needs keeps-notes)',
    ]);
  });

  it('whose check could not be tried is told only that', () => {
    expect(judge(solution, report({ a: 'errored', b: 'failed' }))).toEqual([
      'a errored: The engine is gone.',
    ]);
  });
});

describe('a mutant', () => {
  it('is caught by what it names, and by nothing else', () => {
    expect(judge(mutant('a'), report({ a: 'failed', b: 'passed', c: 'skipped' }))).toEqual([]);
  });

  it('is told what did not catch it, and what did without being named', () => {
    const verdicts = { a: 'passed', b: 'skipped', c: 'failed' } as const;
    expect(judge(mutant('a', 'b', 'x'), report(verdicts))).toEqual([
      'names x, which is no check of this lab',
      'a did not catch it',
      'b was skipped: needs keeps-notes',
      expect.stringContaining('not named: c failed'),
    ]);
  });
});
