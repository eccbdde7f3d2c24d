import type { Exchange } from '../../../../src/core/exchange.ts';
import type { Report } from '../../../../src/core/report.ts';
import type { Timeline } from '../../../../src/core/timeline.ts';

/** The type with nothing optional: a value of it must use every property there is. */
type Complete<T> = T extends readonly unknown[]
  ? { [Index in keyof T]: Complete<T[Index]> }
  : T extends object
    ? { [Key in keyof T]-?: Complete<Exclude<T[Key], undefined>> }
    : T;

const line = { at: 1_511, source: 'web.1', stream: 'stderr', text: 'error: it broke' } as const;

const check = {
  id: 'create-201',
  title: 'POST /tasks answers 201',
  stage: 'basics',
  points: 6,
  earned: 0,
  gradable: true,
  needs: ['boots'],
  hint: 'Read the contract.',
  reference: {
    title: 'RFC 9110 § 15.3.2',
    url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.3.2',
  },
  startedAt: 1_500,
  durationMs: 12.4,
} as const;

const exchange: Complete<Exchange> = {
  id: 7,
  method: 'POST',
  url: 'http://127.0.0.1:43125/tasks',
  instance: 'web.2',
  note: 'the first',
  requestHeaders: [['content-type', 'application/json']],
  requestBody: { text: '{}', bytes: 2, truncated: false },
  startedAt: 1_500,
  durationMs: 12.4,
  response: {
    status: 500,
    headers: [['content-type', 'text/html']],
    body: { text: '', bytes: 0, truncated: false },
  },
  error: { code: 'timeout', message: 'none after 5 s' },
  violations: [{ at: '/items/0/id', expected: 'a UUID', actual: '17' }],
};

const timeline: Complete<Timeline> = {
  exchanges: [exchange],
  exchangesLeftOut: 0,
  incidents: [
    {
      kind: 'cut',
      target: 'Postgres',
      process: 'web.2',
      text: 'connections cut, new ones refused',
      startedAt: 1_490,
      durationMs: 20,
    },
  ],
  incidentsLeftOut: 0,
};

const failure: Complete<NonNullable<Report['checks'][number]['failure']>> = {
  action: 'POST /tasks',
  expected: 'status 201',
  actual: 'status 500',
  hint: 'Look at the log.',
  evidence: [
    { kind: 'exchange', exchange },
    { kind: 'statements', title: 'Statements', statements: ['SELECT 1'] },
    { kind: 'log', source: 'web.1', lines: [line] },
    { kind: 'text', title: 'Exit', text: 'code 1' },
  ],
};

/** Uses every property that a report can have; the compiler holds it to that. */
export const complete: Omit<Complete<Report>, 'checks'> & Report = {
  format: 'labs/report/v1',
  lab: { id: 'crud-api', title: 'Tasks on Postgres', passingScore: 70 },
  submission: { path: 'my-tasks' },
  startedAt: '2026-11-02T09:30:00.000Z',
  durationMs: 6_412.5,
  outcome: 'incomplete',
  score: { earned: 0, max: 18, percent: 0 },
  startup: failure,
  stages: [{ id: 'basics', title: 'Basics' }],
  checks: [
    { ...check, verdict: 'failed', failure, timeline } satisfies Complete<
      CheckWith<'failure' | 'timeline'>
    >,
    {
      ...check,
      verdict: 'skipped',
      skipped: 'needs boots, which failed',
    } satisfies Complete<CheckWith<'skipped'>>,
    {
      ...check,
      verdict: 'errored',
      error: { kind: 'bug', message: 'it threw', detail: 'at line 1' },
      timeline,
    } satisfies Complete<CheckWith<'error' | 'timeline'>>,
  ],
  steps: [{ id: 'services.postgres', title: 'Start Postgres', startedAt: 0, durationMs: 402 }],
  notes: ['No Docker engine answers.'],
  fingerprint: {
    labs: '0.1.0',
    lab: 'crud-api',
    labDigest: '5f'.repeat(32),
    packs: [
      {
        pack: './class',
        version: '1.2.0',
        commit: '0123456789abcdef0123456789abcdef01234567',
        digest: 'd1935',
        checks: ['hidden'],
      },
    ],
    seed: '7f3a9c21',
    node: '24.21.0',
    platform: 'linux-x64',
    provider: 'local',
    runtime: 'process',
    services: { postgres: 'PostgreSQL 18.4' },
  },
  log: { lines: [line], dropped: 3 },
};

/** What goes with one verdict: the others' properties are not there. */
type CheckWith<Key extends OfOne> = Omit<Report['checks'][number], Exclude<OfOne, Key>>;

type OfOne = 'failure' | 'skipped' | 'error' | 'timeline';
