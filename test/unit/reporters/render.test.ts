import { describe, expect, it, test } from 'vitest';
import type { Report } from '../../../src/core/report.ts';
import { type RenderOptions, renderReport } from '../../../src/reporters/terminal/render.ts';
import { widthOf } from '../../../src/reporters/terminal/width.ts';
import { cpuTimeOf } from '../../support/cpu-time.ts';
import { expectGolden } from './golden.ts';
import { passedChecks } from './samples/crud-api.ts';
import * as samples from './samples/reports.ts';
import { exchangeOf, failed, reportOf } from './samples/reports.ts';

const PLAIN: RenderOptions = {
  width: 80,
  colors: false,
  unicode: true,
  verbose: false,
  maxFailures: 3,
};

const GOLDEN: readonly [file: string, report: Report, options?: Partial<RenderOptions>][] = [
  ['full-marks.txt', samples.fullMarks],
  ['many-failures.txt', samples.manyFailures],
  ['many-failures-narrow.txt', samples.manyFailures, { width: 40 }],
  ['many-failures-wide.txt', samples.manyFailures, { width: 200 }],
  ['many-failures-ascii.txt', samples.manyFailures, { unicode: false }],
  ['many-failures-all.txt', samples.manyFailures, { maxFailures: Number.POSITIVE_INFINITY }],
  ['lost-update.txt', samples.lostUpdate],
  ['incomplete.txt', samples.incomplete],
  ['against.txt', samples.against],
  ['only.txt', samples.only],
  ['not-started.txt', samples.notStarted],
  ['hostile.txt', samples.hostile],
  ['hostile-narrow-ascii.txt', samples.hostile, { width: 40, unicode: false }],
];

describe('renderReport', () => {
  test.each(GOLDEN)('%s', (file, report, options) => {
    expectGolden(file, renderReport(report, { ...PLAIN, ...options }));
  });

  it('colours', () => {
    const text = renderReport(samples.lostUpdate, { ...PLAIN, colors: true });
    expectGolden('lost-update-colours.txt', text.replaceAll('\x1b', '␛'));
  });

  test.each(GOLDEN)('%s: nothing but text, within its width', (_, report, options) => {
    const { width, unicode } = { ...PLAIN, ...options };
    const text = renderReport(report, { ...PLAIN, ...options });
    expect(text).not.toMatch(/[\0-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
    if (!unicode) expect(text).toMatch(/^[\n\x20-\x7e]*$/);
    for (const line of text.split('\n')) {
      expect(line).toBe(line.trimEnd());
      // A command and a link are to be copied whole, so the terminal wraps them.
      if (/curl|https?:|printf|-H |@-|--data/.test(line)) continue;
      expect(widthOf(line), line).toBeLessThanOrEqual(width);
    }
  });

  it('copes with reports that say little', () => {
    const empty = reportOf([], { stages: [], steps: [] });
    expect(renderReport(empty, PLAIN)).toContain('0 checks');
    const [first, ...rest] = passedChecks();
    const odd = reportOf([
      { ...first!, verdict: 'failed', earned: 0, stage: 'nowhere' },
      { ...rest[0]!, ...failed({ action: '', expected: '', actual: '', evidence: [] }) },
      {
        ...rest[1]!,
        ...failed({
          action: 'x',
          expected: 'y',
          actual: 'z',
          evidence: [
            { kind: 'exchange', exchange: exchangeOf({ url: 'no url', method: '' }) },
            { kind: 'statements', title: '', statements: [] },
            { kind: 'log', source: '', lines: [] },
            { kind: 'text', title: '', text: '' },
          ],
        }),
      },
      { ...rest[2]!, verdict: 'errored' },
      { ...rest[3]!, verdict: 'skipped' },
    ]);
    for (const width of [1, 24, 40, 80, 500, Number.NaN])
      expect(renderReport(odd, { ...PLAIN, width })).toContain('This is not a grade');
  });

  it('renders a hostile report quickly', () => {
    const render = () => void renderReport(samples.hostile, { ...PLAIN, verbose: true });
    expect(cpuTimeOf(render)).toBeLessThan(2_000);
  });

  it('shows a header that the failure names, and no other noise', () => {
    const checks = passedChecks();
    const report = (actual: string) =>
      reportOf([
        {
          ...checks[0]!,
          ...failed({
            action: 'GET /tasks',
            expected: 'something',
            actual,
            evidence: [
              {
                kind: 'exchange',
                exchange: exchangeOf({
                  response: {
                    status: 200,
                    headers: [
                      ['x-powered-by', 'Express'],
                      ['etag', '"1"'],
                    ],
                    body: { text: '', bytes: 0, truncated: false },
                  },
                }),
              },
            ],
          }),
        },
      ]);
    expect(renderReport(report('another'), PLAIN)).not.toContain('x-powered-by');
    expect(renderReport(report('an X-Powered-By header'), PLAIN)).toContain(
      'x-powered-by: Express',
    );
    expect(renderReport(report('another'), PLAIN)).toContain('etag: "1"');
  });
});
