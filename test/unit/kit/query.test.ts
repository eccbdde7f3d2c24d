import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Step } from '../../../src/core/checks-file.ts';
import { LabsError } from '../../../src/core/errors.ts';
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
  pool = new Pool(database.grader);
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

test('SQL that is none is a fault of the grader', async () => {
  await expect(query('SELEKT $title')).rejects.toThrow(LabsError);
});
