import { Pool, type PoolConfig } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createSql } from '../../../src/kit/sql.ts';
import { usePostgres } from '../../support/postgres.ts';
import { failureOf } from './failure.ts';
import { answer, client, serve } from './server.ts';

const postgres = usePostgres('CREATE TABLE tasks (id int PRIMARY KEY, title text NOT NULL);');
const ends: (() => Promise<unknown>)[] = [];
const never = new AbortController().signal;
let admin: Pool;
let adminOptions: PoolConfig;

const poolOf = (options: PoolConfig) => {
  const pool = new Pool(options);
  pool.on('error', () => {});
  ends.push(() => pool.end());
  return pool;
};

beforeEach(async () => {
  const database = await postgres.createDatabase();
  ends.push(() => database.drop());
  adminOptions = database.grader;
  admin = poolOf(adminOptions);
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

describe('the grader’s own SQL', () => {
  it('takes values as parameters', async () => {
    const sql = createSql(admin, never);
    const title = `'); DROP TABLE tasks; --`;
    await sql`INSERT INTO tasks (id, title) VALUES (${1}, ${title})`;
    expect(await sql`SELECT id, title FROM tasks WHERE title = ${title}`).toEqual([
      { id: 1, title },
    ]);
    expect(await sql`SELECT 1 AS one`).toEqual([{ one: 1 }]);
  });

  it('that meets changed tables is the learner’s failure', async () => {
    const sql = createSql(admin, never);
    await sql`DROP TABLE tasks`;
    expect(
      await failureOf(
        () => sql`SELECT *
      FROM tasks WHERE id = ${1}`,
      ),
    ).toMatchObject({
      action: "the grader's own SQL: SELECT * FROM tasks WHERE id = $1",
      expected: 'tables as schema.sql makes them',
      actual: 'relation "tasks" does not exist (SQLSTATE 42P01)',
    });
  });

  it.each([
    ['abc', 'invalid input syntax for type integer: "abc" (SQLSTATE 22P02)'],
    [9_999_999_999, 'value "9999999999" is out of range for type integer (SQLSTATE 22003)'],
    ['a"b', 'invalid input syntax for type integer: "a"b" (SQLSTATE 22P02)'],
  ])('that was given the value %j is told with the answer that gave it', async (id, actual) => {
    const { http, trace } = client(
      await serve((socket) => {
        socket.once('data', (asked) => {
          const isPost = asked.toString().startsWith('POST');
          socket.end(answer(isPost ? JSON.stringify({ id, title: 'Tea' }) : '{}'));
        });
      }),
    );
    await http.get('/healthz');
    const { json } = await http.post('/tasks', { note: 'the first' });
    const sql = createSql(admin, never, () => trace.exchanges);
    expect(await failureOf(() => sql`SELECT * FROM tasks WHERE id = ${json.id}`)).toMatchObject({
      expected: "a value of the column's type",
      actual,
      hint: expect.stringContaining('is from the answer to POST /tasks (the first)'),
      evidence: [{ kind: 'exchange', exchange: trace.exchanges[1] }],
    });
  });

  it('that is given a wrong value, from nobody knows where, says nothing of tables that changed', async () => {
    const failure = await failureOf(
      () => createSql(admin, never)`SELECT * FROM tasks WHERE id = ${'abc'}`,
    );
    expect(failure.expected).toBe("a value of the column's type");
    expect(failure.hint).toContain('compare that with openapi.yaml');
  });

  it('is tried again where a transaction of the app was in its way', async () => {
    await admin.query(`INSERT INTO tasks VALUES (1, 'before')`);
    const strict = poolOf({
      ...adminOptions,
      options: '-c default_transaction_isolation=repeatable\\ read',
    });
    const app = await admin.connect();
    await app.query('BEGIN');
    await app.query(`UPDATE tasks SET title = 'the app’s'`);
    const changed = createSql(strict, never)`UPDATE tasks SET title = title || '!' RETURNING title`;
    const waiting = () =>
      admin.query(`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'
        AND datname = current_database()`);
    await expect.poll(async () => (await waiting()).rowCount).toBe(1);
    await app.query('COMMIT');
    app.release();
    expect(await changed).toEqual([{ title: 'the app’s!' }]);
  });

  it('that never finds its turn is the learner’s failure', async () => {
    await admin.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE 'deadlock detected' USING ERRCODE = '40P01'; END $$`);
    await admin.query('CREATE TRIGGER refuses BEFORE INSERT ON tasks EXECUTE FUNCTION refuse()');
    expect(
      await failureOf(() => createSql(admin, never)`INSERT INTO tasks VALUES (1, 'a')`),
    ).toMatchObject({
      expected: 'room for it beside the transactions of the app',
      actual: 'deadlock detected (SQLSTATE 40P01), 3 times',
      hint: expect.stringContaining('lock rows in the same order'),
    });
  });

  it('that is no SQL is the grader’s fault', async () => {
    await expect(createSql(admin, never)`SELEC 1`).rejects.toMatchObject({ kind: 'bug' });
  });

  it('without a database is the machine’s', async () => {
    const gone = poolOf({ host: '127.0.0.1', port: 9, user: 'x', database: 'x' });
    await expect(createSql(gone, never)`SELECT 1`).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringMatching(/^The grader lost the database: .*ECONNREFUSED/),
    });
  });

  it('that the server ends is the machine’s', async () => {
    const sql = createSql(admin, never);
    const ended = sql`SELECT pg_terminate_backend(pg_backend_pid())`;
    await expect(ended).rejects.toMatchObject({ kind: 'environment' });
  });

  it('runs no more when the check is over', async () => {
    const sql = createSql(admin, AbortSignal.abort(new Error('over')));
    await expect(sql`DROP TABLE tasks`).rejects.toThrow('over');
    expect(await createSql(admin, never)`SELECT * FROM tasks`).toEqual([]);
  });
});
