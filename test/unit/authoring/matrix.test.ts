import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findingsOf } from '../../../src/authoring/findings.ts';
import { matrixHtml } from '../../../src/authoring/matrix/html/page.ts';
import { matrixMarkdown } from '../../../src/authoring/matrix/markdown.ts';
import {
  checksOf,
  idleChecks,
  killMatrix,
  shadowedChecks,
} from '../../../src/authoring/matrix/matrix.ts';
import { flakeLines, gapLines, matrixLines } from '../../../src/authoring/matrix/terminal.ts';
import { labResults, mutant, resultsOf, SAMPLE } from './results.ts';

const DIRECTORY = new URL('../../golden/verify/', import.meta.url);

/** UPDATE_GOLDEN=1 records it anew. */
function expectGolden(name: string, text: string): void {
  const file = new URL(name, DIRECTORY);
  if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(file, text);
  expect(text).toBe(readFileSync(file, 'utf8'));
}

/** As if each subject had been graded twice, the second time with one verdict turned round. */
const REPEATED = labResults(
  SAMPLE.results.flatMap((first) => {
    const second = { ...first, seed: 'ffffffff' };
    if (first.kind !== 'solution') return [first, second];
    const checks = first.checks!.map((check) =>
      check.id === 'answers-404' ? { ...check, verdict: 'failed' as const } : check,
    );
    return [first, { ...second, checks, problems: ['answers-404 failed'] }];
  }),
  { load: true },
);

const cellsOf = (name: string) =>
  Object.fromEntries(
    [...killMatrix(SAMPLE).mutants.find((row) => row.name === name)!.cells].map(
      ([id, { kind }]) => [id, kind],
    ),
  );

describe('the kill matrix', () => {
  it('tells what caught a mutant from what was skipped and what passed', () => {
    expect(cellsOf('forgets-notes')).toEqual({
      'keeps-notes': 'caught',
      'answers-404': 'skipped',
      'keeps-secrets': 'skipped',
      'never-fails': 'passed',
    });
  });

  it('tells what should have caught it, and what failed unnamed', () => {
    expect(cellsOf('says-404-for-all')).toEqual({
      'keeps-notes': 'unnamed',
      'answers-404': 'missed',
      'keeps-secrets': 'errored',
    });
  });

  it('has a mutant that could not be graded, without cells', () => {
    const row = killMatrix(SAMPLE).mutants.find(({ name }) => name === 'does-not-fit');
    expect(row).toMatchObject({ cells: new Map(), ungraded: ['could not be graded: a | b'] });
  });

  it('takes the worst of several runs', () => {
    const runs = (...verdicts: ('failed' | 'passed')[]) =>
      killMatrix(
        labResults(
          verdicts.map((verdict) => mutant('m', ['keeps-notes'], { 'keeps-notes': verdict })),
        ),
      ).mutants[0]!.cells.get('keeps-notes');
    expect(runs('failed', 'failed')).toMatchObject({ kind: 'caught', failed: 2, runs: 2 });
    expect(runs('failed', 'passed')).toMatchObject({ kind: 'missed', failed: 1, runs: 2 });
  });

  it('says what a check catches first, and what it alone catches', () => {
    const of = (id: string) => checksOf(killMatrix(SAMPLE).stages).find((check) => check.id === id);
    expect(of('keeps-notes')).toMatchObject({ alone: ['forgets-notes'], first: ['forgets-notes'] });
    expect(of('answers-404')).toMatchObject({ alone: [], first: ['shows-notes-to-all'] });
    expect(of('keeps-secrets')).toMatchObject({ first: [], caught: ['shows-notes-to-all'] });
  });

  it('names the checks that nothing shows to fail, or to add something', () => {
    expect(idleChecks(killMatrix(SAMPLE))).toEqual(['never-fails']);
    expect(shadowedChecks(killMatrix(SAMPLE))).toEqual(['keeps-secrets']);
  });

  it.each([['passed'], ['errored']] as const)(
    'takes no check that failed once, and %s once, for one that cannot',
    (verdict) => {
      const runs = (['failed', verdict] as const).map((each) =>
        mutant('m', ['keeps-notes'], { 'keeps-notes': each, 'answers-404': 'passed' }),
      );
      const others = mutant('n', ['answers-404'], {
        'keeps-notes': 'failed',
        'answers-404': 'passed',
      });
      expect(idleChecks(killMatrix(labResults([...runs, others])))).toEqual([
        'answers-404',
        'keeps-secrets',
        'never-fails',
      ]);
      expect(idleChecks(killMatrix(labResults([others])))).toContain('keeps-notes');
    },
  );

  it('blames no check where not every mutant was tried, nor one of another pack', () => {
    expect(findingsOf({ ...SAMPLE, whole: false }).idle).toEqual([]);
    expect(findingsOf({ ...SAMPLE, own: ['keeps-notes'] }).idle).toEqual([]);
  });
});

describe('what is not proved', () => {
  it('is told nowhere where not every subject was graded', () => {
    const part = findingsOf({ ...SAMPLE, whole: false });
    expect(gapLines(part, '✘')).toEqual([]);
    expect(matrixMarkdown(resultsOf([part.lab]), [part])).not.toContain('Solutions gave');
    expect(matrixHtml(resultsOf([part.lab]), [part])).not.toContain('What is not proved');
  });
});

describe('its pictures', () => {
  const canvas = { width: 80, bar: '▇', more: '…' };
  const text = (lines: readonly string[]) => `${lines.join('\n')}\n`;

  it('in a terminal', () => {
    expectGolden('matrix.txt', text(matrixLines(findingsOf(SAMPLE), canvas)));
    const narrow = matrixLines(findingsOf(SAMPLE), { width: 56, bar: '#', more: '..' });
    expectGolden('matrix-narrow.txt', text(narrow));
    expect(Math.max(...narrow.slice(1).map((line) => line.length))).toBeLessThanOrEqual(56);
  });

  it('of what is not proved', () => {
    expectGolden('gaps.txt', text(gapLines(findingsOf(SAMPLE), '✘')));
  });

  it('of wrong verdicts', () => {
    expectGolden('flakes.txt', text(flakeLines(findingsOf(REPEATED))));
    expect(flakeLines(findingsOf(SAMPLE))).toEqual([]);
  });

  it('in Markdown, where no text of an app becomes markup', () => {
    const markdown = matrixMarkdown(resultsOf([REPEATED]), [findingsOf(REPEATED)]);
    expectGolden('matrix.md', markdown);
    expect(markdown).not.toContain('<script');
  });

  it('in HTML, likewise, with nothing from elsewhere', () => {
    const html = matrixHtml(resultsOf([REPEATED], { interrupted: true }), [findingsOf(REPEATED)]);
    expectGolden('matrix.html', html);
    expect(html.match(/<script/g)).toHaveLength(2);
    expect(html).not.toMatch(/\b(src|href)="(?!data:|#)/);
  });
});
