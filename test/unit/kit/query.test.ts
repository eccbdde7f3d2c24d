import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Step } from '../../../src/core/checks-file.ts';
import { LabsError } from '../../../src/core/errors.ts';
import { openDatabase } from '../../../src/grading/world/database.ts';
import { createRandom } from '../../../src/kit/random.ts';
import { createSql } from '../../../src/kit/sql.ts';
import { runQuery } from '../../../src/kit/steps/query.ts';
import { createScope } from '../../../src/kit/steps/scope.ts';
import { usePostgres } from '../../support/postgres.ts';
import { sentenceOf } from './failure.ts';

const postgres = usePostgres(
  'CREATE TABLE tasks (id uuid DEFAULT gen_random_uuid(), title text, size bigint, at timestamptz);',
);
let pool: Pool;
let drop: () => Promise<unknown>;

beforeAll(async () => {
  const database = await postgres.createDatabase();
  pool = openDatabase(database.grader);
  drop = () => database.drop();
});
afterAll(async () => {
  await pool.end();
  await drop();
});

const TITLE = `'); DROP TABLE tasks; --`;
const scope = createScope({ title: TITLE, size: 5 }, createRandom('seed', 'a'));
const query = (sql: string, step: Step = {}) =>
  runQuery(sql, step, scope, createSql(pool, new AbortController().signal));

test('rows are written and read, whatever a value holds', async () => {
  const [made] = await query(
    "INSERT INTO tasks (title, size, at) VALUES ($title, $size, '2031-02-03T04:05:06Z') RETURNING id",
  );
  scope.capture('id', made!['id']);
  await query('SELECT title, size, at, count(*) OVER () AS n FROM tasks WHERE id = $id', {
    rows: [{ title: '$title', size: 5, at: '2031-02-03T04:05:06.000Z', n: 1 }],
  });
  expect(await sentenceOf(() => query('SELECT size FROM tasks', { rows: [] }))).toBe(
    'SELECT size FROM tasks → expected no rows, got [{"size":"5"}]',
  );
});

test('a number is one as the column has it, to its last place', async () => {
  const numbers =
    'SELECT 5::numeric(10, 2) AS price, 0.25::numeric(4, 3) AS rate, -3::numeric AS n';
  await query(numbers, { rows: [{ price: 5, rate: 0.25, n: -3 }] });
  await query(numbers, { rows: [{ price: '5.00', rate: '0.250' }] });
  for (const row of [{ price: 5.01 }, { price: '5' }, { rate: 0.251 }, { n: 3 }])
    expect(await sentenceOf(() => query(numbers, { rows: [row] }))).toContain('"price":"5.00"');
  const texts = "SELECT '' AS none, ' 5' AS blank, '0x5' AS hex";
  for (const row of [{ none: 0 }, { blank: 5 }, { hex: 5 }])
    expect(await sentenceOf(() => query(texts, { rows: [row] }))).toContain('"hex":"0x5"');
});

test.each(['UTC', 'Europe/Berlin', 'America/New_York'])(
  'a date is the day that it names, wherever the machine stands: %s',
  async (zone) => {
    vi.stubEnv('TZ', zone);
    onTestFinished(() => void vi.unstubAllEnvs());
    const sql = `SELECT date '2031-02-14' AS day, timestamp '2031-02-14 12:30:00' AS at,
      timestamptz '2031-02-14 12:30:00+00' AS moment, ARRAY[date '2031-02-14', NULL] AS days`;
    await query(sql, {
      rows: [
        {
          day: '2031-02-14',
          at: '2031-02-14 12:30:00',
          moment: '2031-02-14T12:30:00.000Z',
          days: ['2031-02-14', null],
        },
      ],
    });
  },
);

test('SQL that is none is a fault of the grader', async () => {
  await expect(query('SELEKT $title')).rejects.toThrow(LabsError);
});
