import type { StageInfo } from '../../../../src/core/check.ts';
import type { CheckResult } from '../../../../src/core/report.ts';

export const STAGES: readonly StageInfo[] = [
  { id: 'basics', title: 'Create, read, change, delete' },
  { id: 'input', title: 'Bad input is refused' },
  { id: 'lists', title: 'Lists' },
  { id: 'concurrency', title: 'Conditions and concurrency' },
  { id: 'durability', title: 'Durability and outages' },
];

type Row = [id: string, stage: string, points: number, title: string, ...needs: string[]];

const ROWS: readonly Row[] = [
  ['create-201', 'basics', 6, 'POST /tasks answers 201'],
  ['create-location', 'basics', 4, 'Location resolves to the new task', 'create-201'],
  ['read-unknown', 'basics', 3, 'An unknown id is 404, a malformed one 400'],
  ['replace', 'basics', 4, 'PUT replaces the whole task', 'create-201'],
  ['patch-partial', 'basics', 4, 'PATCH changes only what it is given', 'create-201'],
  ['delete', 'basics', 4, 'DELETE answers 204 and the task is gone', 'create-201'],
  ['method-405', 'input', 3, 'A method that is not there is 405 with Allow'],
  ['bad-json', 'input', 3, 'A body that is not JSON is 400'],
  ['mass-assignment', 'input', 5, 'id and createdAt cannot be set from outside', 'create-201'],
  ['problem-json', 'input', 5, 'Every error is application/problem+json'],
  [
    'text-round-trip',
    'input',
    5,
    'Quotes, %, emoji and 100 KB of text come back as sent',
    'create-201',
  ],
  ['keyset', 'lists', 8, 'Pages neither skip nor repeat while rows come and go', 'create-location'],
  ['filter-sort', 'lists', 5, 'Lists filter by status and sort by date', 'create-201'],
  ['no-n-plus-one', 'lists', 7, 'A page of 50 runs as many statements as one of 5', 'filter-sort'],
  ['etag-304', 'concurrency', 5, 'If-None-Match answers 304', 'create-location'],
  ['lost-update', 'concurrency', 8, 'Of 20 parallel conditional writes one succeeds', 'etag-304'],
  ['unique-key', 'concurrency', 6, 'Of 50 parallel creates of one key one succeeds', 'create-201'],
  ['kill-9', 'durability', 7, 'Nothing is lost when the app is killed', 'create-201'],
  [
    'database-cut',
    'durability',
    8,
    'Without its database the app answers 503, then recovers',
    'create-201',
  ],
];

/** Every check of the lab, passed. */
export function passedChecks(): CheckResult[] {
  return ROWS.map(([id, stage, points, title, ...needs], index) => ({
    id,
    title,
    stage,
    verdict: 'passed',
    points,
    earned: points,
    gradable: true,
    needs,
    hint: HINTS[id] ?? 'Read what the contract says of this operation.',
    reference: REFERENCES[id] ?? {
      title: 'RFC 9110 § 9.3: Method Definitions',
      url: 'https://www.rfc-editor.org/rfc/rfc9110#section-9.3',
    },
    startedAt: 1_400 + index * 90,
    durationMs: 12 + ((index * 37) % 90),
  }));
}

const HINTS: Readonly<Record<string, string>> = {
  'read-unknown':
    'Check the form of the id before it reaches Postgres: a malformed UUID makes the query itself fail.',
  'create-location': 'Location is the path of the task just made: /tasks/ and its id.',
  keyset:
    'OFFSET counts rows, so a row that goes away moves all later ones. Remember the last row of the page instead, and ask for those after it.',
  'no-n-plus-one':
    'Fetch what belongs to all tasks of the page in one statement, with a join or = ANY.',
  'lost-update': 'Compare the version in the UPDATE itself: … WHERE id = $1 AND version = $2.',
};

const REFERENCES: Readonly<Record<string, { title: string; url: string }>> = {
  'read-unknown': {
    title: 'RFC 9110 § 15.5.1: 400 Bad Request',
    url: 'https://www.rfc-editor.org/rfc/rfc9110#section-15.5.1',
  },
  keyset: {
    title: 'PostgreSQL: LIMIT and OFFSET',
    url: 'https://www.postgresql.org/docs/current/queries-limit.html',
  },
};
