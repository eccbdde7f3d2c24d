import type { Failure } from '../../../../src/core/failure.ts';
import type { CheckResult, Report } from '../../../../src/core/report.ts';
import { outcomeOf, scoreOf } from '../../../../src/core/score.ts';
import { withoutDetails } from '../../../../src/grading/withheld.ts';
import { bodyOf, exchangeOf, reportOf } from './reports.ts';

/**
 * What a hostile program can write where some format would take it up. Each line begins a line of
 * its own somewhere.
 */
const ATTACKS = [
  '\x1b[2J\x1b]0;title\x07\x1b[31mred\x1b[0m\x9b31m',
  ']]></failure></testcase><testcase name="forged"/>',
  '::error title=forged::forged',
  '  ::set-output name=score::100',
  '##[error]forged',
  '<script>alert(1)</script><img src=x onerror=alert(1)>',
  '| forged | ✅ | 100/100 |',
  '```',
  '````` </code></pre>',
  '[forged](https://example.org) https://example.org www.example.org @octocat #1 $x$',
  'passed=true\nscore=100',
  'nul \0, half \ud800, other half \udc00, not a character \ufffe, \u202eturned\u202c',
];
export const HOSTILE = ATTACKS.join('\n');

/** What the checks of the withheld stage sent and got; no format may show it. */
export const SECRET = 'the-seventh-seal';

const hostileFailure: Failure = {
  action: `GET /notes/${HOSTILE}`,
  expected: 'status 200',
  actual: `status 500 with ${HOSTILE}\n${'long '.repeat(100_000)}`,
  evidence: [
    {
      kind: 'exchange',
      exchange: exchangeOf({
        method: 'POST',
        url: 'http://127.0.0.1:43125/notes?q=1',
        note: HOSTILE,
        requestHeaders: [['content-type', 'application/json']],
        requestBody: bodyOf(JSON.stringify({ text: HOSTILE })),
        response: {
          status: 500,
          headers: [['x-forged', HOSTILE]],
          body: bodyOf(HOSTILE),
        },
        violations: [{ at: 'status', expected: '200', actual: '500' }],
      }),
    },
    { kind: 'statements', title: HOSTILE, statements: [`SELECT '${HOSTILE}'`] },
    {
      kind: 'log',
      source: 'web.1',
      lines: ATTACKS.map((text) => ({ at: 1_510, source: 'web.1', stream: 'stdout', text })),
    },
    { kind: 'text', title: 'Exit', text: HOSTILE },
  ],
};

function checkOf(id: string, points: number, changes: Partial<CheckResult> = {}): CheckResult {
  return {
    id,
    title: `${id}: a title with <b>, |, \`code\` & "quotes"`,
    stage: 'basics',
    verdict: 'passed',
    points,
    earned: points,
    gradable: true,
    needs: [],
    hint: `Look at ${id}.`,
    reference: { title: 'RFC 9110', url: 'https://www.rfc-editor.org/rfc/rfc9110' },
    startedAt: 1_500,
    durationMs: 12.4,
    ...changes,
  };
}

const graded: readonly CheckResult[] = [
  checkOf('creates', 4),
  checkOf('reads', 3, { verdict: 'failed', earned: 0, failure: hostileFailure }),
  checkOf('updates', 2, {
    verdict: 'skipped',
    earned: 0,
    durationMs: 0,
    needs: ['reads'],
    skipped: 'needs reads, which failed',
  }),
  checkOf('survives', 5, {
    verdict: 'skipped',
    earned: 0,
    durationMs: 0,
    gradable: false,
    stage: 'outages',
    skipped: 'not asked for',
  }),
  withoutDetails(
    checkOf('keeps-secrets', 6, {
      verdict: 'failed',
      earned: 0,
      stage: 'class',
      failure: {
        action: `GET /notes/${SECRET}`,
        expected: 'status 404',
        actual: `status 200 with ${SECRET}`,
        evidence: [{ kind: 'text', title: SECRET, text: SECRET }],
      },
    }),
  ),
];

const STAGES = [
  { id: 'basics', title: 'Basics | <i>first</i>' },
  { id: 'outages', title: 'Outages' },
  { id: 'class', title: 'Checks of the class' },
];

function mixedReport(checks: readonly CheckResult[], changes: Partial<Report> = {}): Report {
  return reportOf(checks, {
    lab: { id: 'notes', title: 'Notes', passingScore: 50 },
    submission: { path: `my-notes ${HOSTILE}` },
    outcome: outcomeOf(checks, 50),
    score: scoreOf(checks),
    stages: STAGES,
    notes: ['Only creates and what it needs were tried | <b>.', HOSTILE],
    log: {
      lines: ATTACKS.map((text) => ({ at: 1_510, source: 'web.1', stream: 'stdout', text })),
      dropped: 0,
    },
    ...changes,
  });
}

/** Passed, failed, skipped, not tried and withheld, with hostile text: 4 of 15 points. */
export const mixed = mixedReport(graded);

/** The same with checks that errored, one of them of the withheld stage: no grade. */
export const mixedIncomplete = mixedReport([
  ...graded,
  checkOf('restarts', 3, {
    verdict: 'errored',
    earned: 0,
    error: { kind: 'environment', message: `No space left: ${HOSTILE}`, detail: HOSTILE },
  }),
  withoutDetails(
    checkOf('keeps-more', 1, {
      verdict: 'errored',
      earned: 0,
      stage: 'class',
      error: { kind: 'bug', message: `Cannot read ${SECRET}`, detail: SECRET },
    }),
  ),
]);

/** All skipped, since the app did not start. */
export const mixedNotStarted = mixedReport(
  graded.map(({ failure: _, startedAt: __, ...check }) => ({
    ...check,
    verdict: 'skipped',
    skipped: 'the app did not start',
    earned: 0,
    durationMs: 0,
  })),
  { startup: { ...hostileFailure, action: 'start the app', expected: 'it to keep running' } },
);
