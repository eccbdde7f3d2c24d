import { createHash } from 'node:crypto';
import { describe, expect, it, test } from 'vitest';
import type { CheckResult, Report } from '../../../src/core/report.ts';
import { withoutDetails } from '../../../src/grading/withheld.ts';
import { htmlReport } from '../../../src/reporters/html/page.ts';
import { expectGolden } from './golden.ts';
import { complete } from './samples/complete.ts';
import { passedChecks } from './samples/crud-api.ts';
import { poisoned } from './samples/poisoned.ts';
import * as samples from './samples/reports.ts';
import { checksWith, exchangeOf, failed, reportOf } from './samples/reports.ts';

const reports = Object.entries({ ...samples, complete }).filter(
  (entry): entry is [string, Report] => typeof entry[1] === 'object',
);

/** What a reader sees, without the marks. */
function textOf(page: string): string {
  return page
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code))
    .replace(/\s+/g, ' ');
}

const contents = (page: string, tag: string) =>
  [...page.matchAll(new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`, 'g'))].map(([, text]) => text!);

describe('the page of a report', () => {
  it('is what it was', () => {
    expectGolden('outage.html', htmlReport(samples.outage));
  });

  test.each([
    ...reports,
    ...reports.map(([name, report]): [string, Report] => [`${name}, poisoned`, poisoned(report)]),
  ])('of %s has one script and one style, those that its policy allows', (_, report) => {
    const page = htmlReport(report);
    const hashes = ['script', 'style'].map((tag) => {
      const [text, ...others] = contents(page, tag);
      expect(others).toEqual([]);
      return `${tag}-src 'sha256-${createHash('sha256').update(text!).digest('base64')}'`;
    });
    const policy = /<meta http-equiv="Content-Security-Policy" content="([^"]*)">/.exec(page)![1]!;
    expect(policy.replaceAll('&#39;', "'").split('; ')).toEqual([
      "default-src 'none'",
      ...hashes,
      'img-src data:',
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(page.indexOf(policy)).toBeLessThan(page.indexOf('<style'));
  });

  test.each(reports)('of %s, poisoned, has no mark that is not ours', (_, report) => {
    const tags = (page: string) => {
      const found = [...page.matchAll(/<\/?([a-z!][a-z0-9-]*)([^<>]*)>/gi)];
      // Of attributes only the names: a value may say anything, within its quotes.
      return new Set(
        found.map(([, name, attributes]) => `${name}${attributes!.replaceAll(/"[^"]*"/g, '')}`),
      );
    };
    const body = (page: string) => page.replace(/<(style|script)>[\s\S]*?<\/\1>/g, '');
    const page = htmlReport(poisoned(report));
    const [clean, dirty] = [tags(body(htmlReport(report))), tags(body(page))];
    expect([...dirty].filter((tag) => !clean.has(tag))).toEqual([]);
    expect(
      [...page.matchAll(/\b(?:href|src)="([^"]*)"/g)].map(([, to]) => to!.slice(0, 5)),
    ).not.toContain('javas');
    expect(body(page)).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069]/);
    expect(page.isWellFormed()).toBe(true);
    expect(textOf(page)).toContain('</script><script>window.ran=1</script>');
  });

  it('is bounded, however much there is', () => {
    expect(htmlReport(samples.hostile).length).toBeLessThan(200_000);
    const flood = Array.from({ length: 2_000 }, (_, at) => ({
      at: 1_500,
      source: 'web.1',
      stream: 'stdout' as const,
      text: `${at} ${'x'.repeat(5_000)}`,
    }));
    const page = htmlReport({ ...samples.manyFailures, log: { lines: flood, dropped: 10_000 } });
    expect(page.length).toBeLessThan(2_000_000);
    expect(textOf(page)).toContain('Left out: 11,600 lines.');
    expect(textOf(page)).toContain('Left out: 1,880 earlier lines.');
  });

  it('of an incomplete run shows no score, and what kept it from being graded', () => {
    const text = textOf(htmlReport(samples.incomplete));
    expect(text).toContain('Not a grade');
    expect(text).toContain('Postgres did not come back within 10 s.');
    expect(text).toContain('No space left on device');
    expect(text).toContain("Cannot read properties of undefined (reading 'status')");
    expect(text).toContain('Please report the fault of the grader, with the seed 7f3a9c21.');
    expect(htmlReport(samples.incomplete)).not.toContain('class="score"');
    const nothing = htmlReport(
      reportOf(
        passedChecks().map((check): CheckResult => ({ ...check, verdict: 'errored', earned: 0 })),
      ),
    );
    expect(textOf(nothing)).not.toMatch(/\b0 ?\/ ?\d/);
  });

  it('of an app that did not start says why, and what waits for it', () => {
    const text = textOf(htmlReport(samples.notStarted));
    expect(text).toContain(
      'The app did not start 19 checks wait for it, none could be tried: 0/100.',
    );
    expect(text).toContain("Cannot find package 'fastify' imported from src/server.js");
    expect(text).not.toContain('failures');
  });

  it('of an app behind a URL sends requests there', () => {
    const url = 'http://example.com:8080';
    const exchange = exchangeOf({ url: `${url}/tasks` });
    const evidence = [{ kind: 'exchange' as const, exchange }];
    const checks = checksWith({
      replace: failed({ action: 'x', expected: 'y', actual: 'z', evidence }),
    });
    expect(htmlReport(reportOf(checks, { submission: { url } }))).toContain(`curl -i ${url}/tasks`);
    expect(htmlReport(reportOf(checks))).toContain('curl -i http://localhost:3000/tasks');
  });

  it('tells nothing of a hidden check but its verdict', () => {
    const secret = 'seventh-seal';
    const [check] = checksWith({
      'create-201': {
        ...failed({ action: secret, expected: secret, actual: secret, evidence: [], hint: secret }),
        timeline: {
          exchanges: [exchangeOf({ note: secret })],
          exchangesLeftOut: 0,
          incidents: [],
          incidentsLeftOut: 0,
        },
      },
    }) as [CheckResult];
    expect(htmlReport(reportOf([check]))).toContain(secret);
    const lines = [{ at: 1_450, source: 'web.1', stream: 'stdout' as const, text: 'of others' }];
    const page = htmlReport(reportOf([withoutDetails(check)], { log: { lines, dropped: 0 } }));
    expect(page).not.toContain(secret);
    expect(textOf(page)).toContain('the details are withheld');
    expect(page).not.toContain('class="timeline"><h5');
    expect(textOf(page)).not.toContain('meanwhile');
  });

  it('has on the time line what the app of that stage wrote at the time, and no other', () => {
    const text = textOf(htmlReport(samples.outage));
    const meanwhile = text.slice(
      text.indexOf('What the app wrote meanwhile'),
      text.indexOf('All checks'),
    );
    expect(meanwhile).toContain('socket hang up');
    expect(meanwhile).not.toMatch(/of the shared world|of another check/);
    expect(text).toContain('web.1 ended by itself: exit code 1');
    expect(text).toContain('1,200 more requests, not recorded');
  });

  it('copes with reports that say little', () => {
    const [first, second] = passedChecks();
    const odd = reportOf(
      [
        { ...first!, verdict: 'failed', stage: 'nowhere', durationMs: 0 },
        {
          ...second!,
          ...failed({
            action: '',
            expected: '',
            actual: '',
            evidence: [
              { kind: 'exchange', exchange: exchangeOf({ url: 'no url', durationMs: 0 }) },
              { kind: 'statements', title: '', statements: [] },
              { kind: 'log', source: '', lines: [] },
            ],
          }),
          startedAt: 1_500,
          durationMs: 0,
        },
      ],
      { stages: [], steps: [], durationMs: 0 },
    );
    expect(textOf(htmlReport(odd))).not.toMatch(/NaN|undefined|Infinity/);
    expect(htmlReport(reportOf([], { stages: [], steps: [] }))).toContain('0/0');
  });
});
