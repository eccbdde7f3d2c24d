import type { Exchange } from '../../../../src/core/exchange.ts';
import type { Failure } from '../../../../src/core/failure.ts';
import type { CheckResult, Report } from '../../../../src/core/report.ts';
import { outcomeOf, scoreOf } from '../../../../src/core/score.ts';
import { passedChecks, STAGES } from './crud-api.ts';

const ORIGIN = 'http://127.0.0.1:43125';

export function reportOf(checks: readonly CheckResult[], changes: Partial<Report> = {}): Report {
  return {
    format: 'labs/report/v1',
    lab: { id: 'crud-api', title: 'Tasks on Postgres', passingScore: 70 },
    submission: { path: 'my-tasks' },
    startedAt: '2026-11-02T09:30:00.000Z',
    durationMs: 6_412,
    outcome: outcomeOf(checks, 70),
    score: scoreOf(checks),
    stages: STAGES,
    checks,
    steps: [
      { id: 'services.postgres', title: 'Start Postgres', startedAt: 3, durationMs: 402 },
      { id: 'apps.web', title: 'Start the app', startedAt: 410, durationMs: 911 },
    ],
    notes: [],
    fingerprint: {
      labs: '0.1.0',
      lab: 'crud-api',
      labDigest: '5f'.repeat(32),
      seed: '7f3a9c21',
      node: '24.21.0',
      platform: 'linux-x64',
      provider: 'local',
      runtime: 'process',
      services: { postgres: 'PostgreSQL 18.4' },
    },
    log: { lines: [], dropped: 0 },
    ...changes,
  };
}

export function exchangeOf(changes: Partial<Exchange> = {}): Exchange {
  return {
    id: 1,
    method: 'GET',
    url: `${ORIGIN}/tasks`,
    requestHeaders: [['accept', 'application/json']],
    startedAt: 1_500,
    durationMs: 12.4,
    violations: [],
    ...changes,
  };
}

export function bodyOf(text: string) {
  return { text, bytes: Buffer.byteLength(text), truncated: false };
}

/** The checks with some of them failed, errored or skipped; what needs those is skipped too. */
export function checksWith(changes: Readonly<Record<string, Partial<CheckResult>>>): CheckResult[] {
  const checks = passedChecks();
  const stopped = new Map<string, string>();
  return checks.map((check) => {
    const change = changes[check.id];
    const missing = check.needs.find((id) => stopped.has(id));
    if (change === undefined && missing === undefined) return check;
    const { startedAt, ...rest } = check;
    const result: CheckResult =
      change === undefined
        ? {
            ...rest,
            verdict: 'skipped',
            skipped: `needs ${missing}, which ${stopped.get(missing!)}`,
            earned: 0,
            durationMs: 0,
          }
        : { ...check, earned: 0, ...change };
    stopped.set(check.id, result.verdict === 'skipped' ? 'was skipped' : result.verdict);
    return result;
  });
}

export function failed(failure: Failure): Partial<CheckResult> {
  return { verdict: 'failed', failure };
}

export const fullMarks = reportOf(passedChecks());

const TASK = '8d6c5a1e-3a0b-4f57-9a51-6a3f1f0c9b7e';

const unknownId = exchangeOf({
  url: `${ORIGIN}/tasks/not-a-uuid`,
  response: {
    status: 500,
    headers: [
      ['content-type', 'application/json; charset=utf-8'],
      ['date', 'Mon, 02 Nov 2026 09:30:01 GMT'],
      ['connection', 'close'],
    ],
    body: bodyOf(
      '{"statusCode":500,"code":"22P02","error":"Internal Server Error","message":"invalid input syntax for type uuid: \\"not-a-uuid\\""}',
    ),
  },
  violations: [
    { at: 'status', expected: '200, 400 or 404', actual: '500' },
    { at: 'header content-type', expected: 'application/problem+json', actual: 'application/json' },
  ],
});

const page = (note: string, cursor: string, items: string[]) =>
  exchangeOf({
    url: `${ORIGIN}/tasks?limit=3&sort=createdAt${cursor}`,
    note,
    response: {
      status: 200,
      headers: [['content-type', 'application/json; charset=utf-8']],
      body: bodyOf(
        JSON.stringify({
          items: items.map((title) => ({ id: TASK, title, status: 'open' })),
          next: 'b2Zmc2V0PTM',
        }),
      ),
    },
  });

const update = exchangeOf({
  method: 'PATCH',
  url: `${ORIGIN}/tasks/${TASK}`,
  note: 'one of 20 at once, all with the same If-Match',
  requestHeaders: [
    ['accept', 'application/json'],
    ['content-type', 'application/merge-patch+json'],
    ['if-match', '"1"'],
  ],
  requestBody: bodyOf('{"title":"Don\'t panic 3"}'),
  response: {
    status: 200,
    headers: [
      ['content-type', 'application/json; charset=utf-8'],
      ['etag', '"2"'],
    ],
    body: bodyOf(`{"id":"${TASK}","title":"Don't panic 3","status":"open","version":2}`),
  },
});

export const manyFailures = reportOf(
  checksWith({
    'read-unknown': failed({
      action: 'GET /tasks/not-a-uuid',
      expected: 'status 400',
      actual: 'status 500',
      evidence: [
        { kind: 'exchange', exchange: unknownId },
        {
          kind: 'log',
          source: 'web.1',
          lines: [
            {
              at: 1_511,
              source: 'web.1',
              stream: 'stderr',
              text: 'error: invalid input syntax for type uuid: "not-a-uuid"',
            },
            {
              at: 1_511,
              source: 'web.1',
              stream: 'stderr',
              text: '    at Parser.parseErrorMessage (pg-protocol/dist/parser.js:285:98)',
            },
            {
              at: 1_512,
              source: 'web.1',
              stream: 'stderr',
              text: '    at async findTask (src/tasks.js:31:18)',
            },
          ],
        },
      ],
    }),
    keyset: failed({
      action: 'GET /tasks page by page, while a task of the first page is deleted',
      expected: 'each of the 9 other tasks once',
      actual: 'no "Buy milk 4" on any page',
      evidence: [
        {
          kind: 'exchange',
          exchange: page('first page', '', ['Buy milk 1', 'Buy milk 2', 'Buy milk 3']),
        },
        {
          kind: 'exchange',
          exchange: page('second page', '&cursor=b2Zmc2V0PTM', [
            'Buy milk 5',
            'Buy milk 6',
            'Buy milk 7',
          ]),
        },
        {
          kind: 'exchange',
          exchange: page('third page', '&cursor=b2Zmc2V0PTY', ['Buy milk 8', 'Buy milk 9']),
        },
        {
          kind: 'statements',
          title: 'Statements for the second page',
          statements: [
            'SELECT * FROM tasks ORDER BY created_at LIMIT 3 OFFSET 3',
            'SELECT count(*) FROM tasks',
          ],
        },
      ],
    }),
    'etag-304': failed({
      action: `GET /tasks/${TASK} with If-None-Match`,
      expected: 'status 304 and no body',
      actual: 'status 200',
      evidence: [
        {
          kind: 'exchange',
          exchange: exchangeOf({
            url: `${ORIGIN}/tasks/${TASK}`,
            requestHeaders: [['if-none-match', '"1"']],
            response: { status: 200, headers: [['etag', '"1"']], body: bodyOf('{}') },
          }),
        },
      ],
    }),
    'unique-key': failed({
      action: 'POST /tasks, 50 at once with the same key',
      expected: 'one 201 and 49 times 409',
      actual: '3 times 201 and 47 times 409',
      evidence: Array.from({ length: 50 }, (_, index) => ({
        kind: 'exchange' as const,
        exchange: exchangeOf({
          id: index,
          method: 'POST',
          response: { status: index < 3 ? 201 : 409, headers: [], body: bodyOf('') },
        }),
      })),
    }),
    'kill-9': failed({
      action: 'GET /tasks after kill -9 and a restart',
      expected: 'the 5 tasks made before',
      actual: 'none of them',
      evidence: [],
    }),
  }),
  {
    notes: ['No Docker engine answers, so Postgres runs from the binaries that came with labs.'],
  },
);

export const lostUpdate = reportOf(
  checksWith({
    'lost-update': failed({
      action: `PATCH /tasks/${TASK}, 20 at once with If-Match: "1"`,
      expected: 'one 200 and 19 times 412',
      actual: '20 times 200',
      evidence: [
        { kind: 'exchange', exchange: update },
        { kind: 'text', title: 'All answers', text: '20 × 200 OK\nversion afterwards: 2' },
      ],
      hint: 'Twenty writers read version 1 before any of them wrote. Compare in the UPDATE itself.',
    }),
  }),
);

export const incomplete = reportOf(
  checksWith({
    'bad-json': failed({
      action: 'POST /tasks with the body {"title":',
      expected: 'status 400',
      actual: 'the connection was closed before the answer was complete',
      evidence: [
        {
          kind: 'exchange',
          exchange: exchangeOf({
            method: 'POST',
            requestHeaders: [['content-type', 'application/json']],
            requestBody: bodyOf('{"title":'),
            error: {
              code: 'ECONNRESET',
              message: 'the connection was closed before the answer was complete',
            },
          }),
        },
      ],
    }),
    'kill-9': {
      verdict: 'errored',
      error: {
        kind: 'environment',
        message: 'Postgres did not come back within 10 s.',
        detail: 'FATAL:  could not write lock file "postmaster.pid": No space left on device',
      },
    },
    'database-cut': {
      verdict: 'errored',
      error: { kind: 'bug', message: "Cannot read properties of undefined (reading 'status')" },
    },
  }),
);

function untried(reason: string): Partial<CheckResult> {
  return { verdict: 'skipped', gradable: false, skipped: reason };
}

const NOT_HERE = untried('needs control of the app and its services');

export const against = reportOf(
  checksWith({
    'kill-9': NOT_HERE,
    'database-cut': NOT_HERE,
    'no-n-plus-one': NOT_HERE,
    'method-405': failed({
      action: 'TRACE /tasks',
      expected: 'an Allow header',
      actual: 'none',
      evidence: [],
    }),
  }),
  { submission: { url: 'http://localhost:3000' } },
);

const EVIL =
  '\x1b]52;c;cm0gLXJmIC8=\x07\x1b[2J\x1b[1;31mred\x1b[0m \x1bPq\x1b\\ \u202etxet\u202c \x9b5n bell\x07 back\b\bspace\rover';

export const hostile = reportOf(
  checksWith({
    'read-unknown': failed({
      action: `GET /tasks/${EVIL}`,
      expected: 'status 404\nand nothing else',
      actual: `status 200 with ${EVIL}\n${'A'.repeat(1 << 20)}`,
      evidence: [
        {
          kind: 'exchange',
          exchange: exchangeOf({
            method: 'POST',
            url: `${ORIGIN}/tasks?q=it's`,
            note: EVIL,
            requestHeaders: [
              ['content-type', 'application/json'],
              ['x-key', 'a\tb'],
            ],
            requestBody: bodyOf('{"title":"tab\there, \u0000 and 日本語 and 👩‍👩‍👧 and \u202e!"}'),
            response: {
              status: 299,
              headers: [
                ['location', EVIL],
                ['etag', `W/"${'x'.repeat(500)}`],
              ],
              body: {
                text: `{"a":"${EVIL}","b":[[[["深い","${'漢'.repeat(100)}"]]]],"c":{},"d":[],"e":1e400,"e":2}`,
                bytes: 90_000_000,
                truncated: true,
              },
            },
            violations: [{ at: `/items/0/${EVIL}`, expected: 'a UUID', actual: EVIL }],
          }),
        },
        {
          kind: 'log',
          source: EVIL,
          lines: [{ at: 1, source: EVIL, stream: 'stdout', text: `::error::\t${EVIL}` }],
        },
        { kind: 'text', title: EVIL, text: `👍🏽 ﷽ é ${'\x1b'.repeat(1 << 20)}done` },
        { kind: 'statements', title: 'SQL', statements: [`SELECT '${EVIL}'`, 'x'.repeat(1 << 20)] },
      ],
      hint: `Mind ${EVIL}`,
    }),
    'database-cut': { verdict: 'skipped', skipped: EVIL },
  }),
  { submission: { path: EVIL }, notes: [`日本語のノート ${EVIL}`] },
);

/** As `--only create-201,bad-json` leaves it. */
export const only = reportOf(
  passedChecks().map((check) =>
    check.id === 'bad-json' || check.id === 'create-201'
      ? check
      : { ...check, ...untried('not asked for'), earned: 0, durationMs: 0 },
  ),
);

const LAST_LINES = [
  'node:internal/modules/package_json_reader:256',
  '  throw new ERR_MODULE_NOT_FOUND(packageName, fileURLToPath(base), null);',
  '',
  "Error [ERR_MODULE_NOT_FOUND]: Cannot find package 'fastify' imported from src/server.js",
];

export const notStarted = reportOf(
  passedChecks().map(({ startedAt: _, ...check }) => ({
    ...check,
    verdict: 'skipped',
    skipped: 'the app did not start',
    earned: 0,
    durationMs: 0,
  })),
  {
    startup: {
      action: 'start the app',
      expected: 'the app to keep running',
      actual: 'web.1 (node src/server.js) ended with exit code 1 after 0.2 s',
      evidence: [
        {
          kind: 'log',
          source: 'web.1',
          lines: LAST_LINES.map((text) => ({ at: 640, source: 'web.1', stream: 'stderr', text })),
        },
      ],
      hint: 'The last lines that it wrote say why.',
    },
  },
);

const REQUESTS = 24;

/** A failed check with all that a time line can hold, in a world of its own. */
export const outage = reportOf(
  checksWith({
    'database-cut': {
      startedAt: 4_000,
      durationMs: 3_200,
      ...failed({
        action: 'GET /tasks on web.2 (while Postgres is away)',
        expected: 'status 503',
        actual: 'status 500',
        evidence: [
          {
            kind: 'exchange',
            exchange: exchangeOf({
              id: 24,
              instance: 'web.2',
              note: 'while Postgres is away',
              startedAt: 5_100,
              durationMs: 1_900,
              response: {
                status: 500,
                headers: [
                  ['content-type', 'text/html'],
                  ['date', 'Mon, 02 Nov 2026 09:30:05 GMT'],
                ],
                body: bodyOf('<h1>Internal Server Error</h1>'),
              },
              violations: [{ at: 'status', expected: '200 or 503', actual: '500' }],
            }),
          },
        ],
        hint: 'Catch what the pool throws: `ECONNREFUSED` is a 503.',
      }),
      timeline: {
        exchanges: Array.from({ length: REQUESTS }, (_, index) =>
          exchangeOf({
            id: index + 1,
            instance: index % 2 === 0 ? 'web.1' : 'web.2',
            startedAt: index + 1 === REQUESTS ? 5_100 : 4_010 + index * 30,
            durationMs: index + 1 === REQUESTS ? 1_900 : 22,
            ...(index + 1 === REQUESTS && { note: 'while Postgres is away' }),
            ...(index === 7
              ? { error: { code: 'ECONNRESET', message: 'the connection was closed' } }
              : {
                  response: {
                    status: index + 1 === REQUESTS ? 500 : 200,
                    headers: [],
                    body: bodyOf('{"items":[]}'),
                  },
                }),
          }),
        ),
        exchangesLeftOut: 1_200,
        incidents: [
          {
            kind: 'exit',
            target: 'web.1',
            text: 'ended by itself: exit code 1',
            startedAt: 4_225,
          },
          { kind: 'start', target: 'web.1', text: 'started', startedAt: 4_300, durationMs: 240 },
          {
            kind: 'cut',
            target: 'Postgres',
            process: 'web.2',
            text: 'connections cut, new ones refused',
            startedAt: 5_000,
            durationMs: 2_100,
          },
        ],
        incidentsLeftOut: 2,
      },
    },
  }),
  {
    steps: [
      { id: 'services.postgres', title: 'Start Postgres', startedAt: 3, durationMs: 402 },
      { id: 'world.shared', title: 'Start the app', startedAt: 410, durationMs: 911 },
      {
        id: 'world.durability',
        title: 'Start an app for “Durability and outages”',
        startedAt: 3_100,
        durationMs: 880,
      },
    ],
    log: {
      lines: [
        { at: 4_222, source: 'durability/web.1', stream: 'stderr', text: 'Error: socket hang up' },
        { at: 4_223, source: 'web.1', stream: 'stdout', text: 'of the shared world' },
        {
          at: 5_104,
          source: 'durability/web.2',
          stream: 'stdout',
          text: '    at connect (src/pool.js:12:9)',
        },
        { at: 7_900, source: 'durability/web.2', stream: 'stdout', text: 'of another check' },
      ],
      dropped: 3,
    },
  },
);
