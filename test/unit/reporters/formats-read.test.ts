import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { validateStrict } from 'ctrf';
import MarkdownIt from 'markdown-it';
import { describe, expect, it, test } from 'vitest';
import type { Report } from '../../../src/core/report.ts';
import { ctrf } from '../../../src/reporters/ctrf.ts';
import { githubAnnotations, githubOutputs } from '../../../src/reporters/github.ts';
import { githubClassroom } from '../../../src/reporters/github-classroom.ts';
import { junit } from '../../../src/reporters/junit.ts';
import { markdown } from '../../../src/reporters/markdown.ts';
import { prairielearn } from '../../../src/reporters/prairielearn.ts';
import { elementsOf } from '../../support/xml.ts';
import { decoded, FORMATS } from './formats.ts';
import { HOSTILE, mixed, mixedIncomplete, mixedNotStarted } from './samples/mixed.ts';

const REPORTS: readonly [string, Report][] = [
  ['graded', mixed],
  ['incomplete', mixedIncomplete],
  ['not started', mixedNotStarted],
];

/** A report that is long wherever it can be. */
const long: Report = {
  ...mixed,
  checks: Array.from({ length: 300 }, (_, at) => ({
    ...mixed.checks[1]!,
    id: `reads-${at}`,
    failure: { ...mixed.checks[1]!.failure!, actual: HOSTILE },
  })),
};

describe('formats whose readers have a closed form', () => {
  const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
  test.each(
    ['gradescope', 'prairielearn', 'classroom50', 'check50', 'github-classroom'].flatMap((name) =>
      REPORTS.map(([title, report]) => ({ name, title, report })),
    ),
  )('$name, $title', ({ name, report }) => {
    const text = FORMATS[`${name}.json`]!(report);
    if (name === 'classroom50' && report === mixedIncomplete) {
      expect(text).toBe('nothing is written\n');
      return;
    }
    const validate = ajv.compile(
      JSON.parse(
        readFileSync(
          new URL(`../../fixtures/formats/${name}.schema.json`, import.meta.url),
          'utf8',
        ),
      ),
    );
    expect(validate(JSON.parse(text)) ? [] : validate.errors).toEqual([]);
  });
});

describe('CTRF', () => {
  test.each(REPORTS)('%s: its own validator takes it', (_, report) => {
    const document = JSON.parse(ctrf(report));
    expect(() => validateStrict(document)).not.toThrow();
    const { summary, tests } = document.results;
    const counts = summary.passed + summary.failed + summary.skipped + summary.other;
    expect(counts).toBe(tests.length);
    expect(summary.tests).toBe(tests.length);
  });
});

describe('JUnit', () => {
  test.each(REPORTS)('%s: a strict parser finds what was put in', (_, report) => {
    const elements = elementsOf(junit(report));
    const cases = elements.filter(({ name }) => name === 'testcase');
    const starts = report.startup === undefined ? 0 : 1;
    expect(cases).toHaveLength(report.checks.length + starts);
    expect(new Set(cases.map(({ attributes }) => attributes['name'])).size).toBe(cases.length);
    const count = (name: string) => elements.filter((element) => element.name === name).length;
    const of = (verdict: string) => report.checks.filter((c) => c.verdict === verdict).length;
    expect(count('failure')).toBe(of('failed') + starts);
    expect(count('error')).toBe(of('errored'));
    expect(count('skipped')).toBe(of('skipped'));
    const [root] = elements;
    expect(root?.attributes).toMatchObject({ tests: String(cases.length) });
  });

  it('keeps every character that XML can hold, and lays out detail in lines', () => {
    const failure = elementsOf(junit(mixed)).find(({ name }) => name === 'failure')!;
    expect(failure.text).toContain(']]></failure></testcase><testcase name="forged"/>');
    expect(failure.text).toContain('<script>alert(1)</script>');
    expect(failure.text.split('\n').length).toBeGreaterThan(20);
  });

  it('tells a score only where there is one', () => {
    const scores = (report: Report) =>
      elementsOf(junit(report)).filter(({ attributes }) => attributes['name'] === 'score');
    expect(scores(mixed)).toHaveLength(1);
    expect(scores(mixedIncomplete)).toHaveLength(0);
  });
});

describe('Markdown', () => {
  const parser = new MarkdownIt({ html: true, linkify: true });
  // As GitHub: an address has a scheme or begins with www.
  parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false });
  test.each(REPORTS)('%s: nothing of a learner is taken up', (_, report) => {
    const tokens = parser.parse(markdown(report), {}).flatMap((t) => [t, ...(t.children ?? [])]);
    const types = new Set(tokens.map(({ type }) => type));
    for (const type of ['html_block', 'html_inline', 'link_open', 'image', 'hr', 'code_block'])
      expect(types).not.toContain(type);
    const fences = tokens.filter(({ type }) => type === 'fence');
    const told = report.checks.filter(({ verdict }) => ['failed', 'errored'].includes(verdict));
    expect(fences).toHaveLength(told.length + (report.startup === undefined ? 0 : 1));
    // A heading, a row for each, a total.
    const rows = tokens.filter(({ type }) => type === 'tr_open');
    expect(rows).toHaveLength(report.checks.length + 2 + (report.startup === undefined ? 0 : 1));
    expect(tokens.filter(({ type }) => type === 'td_open').length % 4).toBe(0);
  });

  it('names nobody and no issue outside of code', () => {
    const notes = ['For @octocat, see #1 and www.example.org, https://example.org'];
    const text = parser
      .parse(markdown({ ...mixed, notes }), {})
      .flatMap(({ children }) => children ?? [])
      .map(({ content }) => content)
      .join('');
    expect(text).toContain('octocat');
    expect(text).not.toMatch(/@octocat|#1|www\./);
  });
});

describe('GitHub Actions', () => {
  test.each(REPORTS)('%s: one command a line, and none but ours', (_, report) => {
    const lines = githubAnnotations(report).trimEnd().split('\n');
    for (const line of lines) expect(line).toMatch(/^::(error|warning|notice) title=[^,:]+::/);
    expect(lines.length).toBeLessThanOrEqual(21);
  });

  it('stays below the ten annotations of a kind that GitHub shows', () => {
    const lines = githubAnnotations(long).trimEnd().split('\n');
    expect(lines.filter((line) => line.startsWith('::error'))).toHaveLength(10);
  });

  test.each(REPORTS)('%s: outputs are numbers and words', (_, report) => {
    expect(githubOutputs(report)).toMatch(
      /^score=[\d.]*\nmax-score=[\d.]+\npassed=(true|false|)\noutcome=(passed|failed|incomplete)\n$/,
    );
  });

  it('gives neither score nor yes or no where there is no grade', () => {
    expect(githubOutputs(mixedIncomplete)).toMatch(/^score=\n[\s\S]*\npassed=\noutcome=incomplete/);
  });

  it('sums to the score for the Classroom reporter, and to nothing where there is no grade', () => {
    const of = (report: Report) => JSON.parse(decoded(githubClassroom(report)));
    const sum = (tests: { score: number }[]) => tests.reduce((all, { score }) => all + score, 0);
    expect(of(mixed)).toMatchObject({ status: 'fail', max_score: 15 });
    expect(sum(of(mixed).tests)).toBe(4);
    expect(of(mixedIncomplete)).toMatchObject({ status: 'error', max_score: 0 });
  });

  it('fits into one variable of the environment', () => {
    expect(githubClassroom(long).length).toBeLessThan(128 * 1024 - 'LABS_RESULTS='.length - 1);
  });
});

describe('sizes', () => {
  it('PrairieLearn takes 1 MB', () => {
    expect(Buffer.byteLength(prairielearn(long))).toBeLessThan(1_000_000);
  });

  it('a summary of GitHub has 1 MiB', () => {
    expect(Buffer.byteLength(markdown(long))).toBeLessThan(1024 * 1024);
  });
});
