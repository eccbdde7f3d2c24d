import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { CONNECTION_LOST, type StatementRecord } from '../../../src/network/postgres/statement.ts';
import { type PostgresTap, postgresTap } from '../../../src/network/postgres/tap.ts';
import { type RunningProxy, startProxy } from '../../../src/network/proxy.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import {
  bind,
  close,
  copyData,
  copyDone,
  copyFail,
  describe,
  execute,
  flush,
  int16,
  int32,
  message,
  parse,
  query,
  RawClient,
  sync,
} from './raw-client.ts';

let server: PostgresServer;
let proxy: RunningProxy;
let tap: PostgresTap;
let client: RawClient;

beforeAll(async () => {
  server = await startPostgres();
  const setup = await RawClient.connect(server);
  setup.send(
    query(`CREATE TABLE items (id int PRIMARY KEY, name text);
           CREATE TABLE parents (id int PRIMARY KEY);
           CREATE TABLE children (parent int REFERENCES parents DEFERRABLE INITIALLY DEFERRED);
           CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$;
           CREATE TABLE closed (id int);
           CREATE TRIGGER closed BEFORE INSERT ON closed EXECUTE FUNCTION refuse()`),
  );
  await setup.until('Z');
  setup.end();
});

afterAll(() => server.stop());

beforeEach(async () => {
  const { factory, tap: watching } = postgresTap();
  tap = watching;
  proxy = await startProxy({ name: 'postgres', upstream: server, tap: factory });
  client = await RawClient.connect(proxy);
});

afterEach(async () => {
  expect(tap.opaqueSince(0)).toEqual([]);
  await proxy.close();
});

const brief = ({ sql, command, error }: StatementRecord) => `${sql} → ${command ?? error?.code}`;
const briefs = () => tap.statements().map(brief);

test('each statement of a Query message counts', async () => {
  client.send(query("SELECT 1; /* ; */ SELECT ';' ; ; INSERT INTO items VALUES (1, 'a;b') ;"));
  await client.until('Z');
  expect(briefs()).toEqual([
    'SELECT 1 → SELECT 1',
    "/* ; */ SELECT ';' → SELECT 1",
    "INSERT INTO items VALUES (1, 'a;b') → INSERT 0 1",
  ]);
});

test('the failing statement of a Query message is named, and those after it do not count', async () => {
  client.send(query('SELECT 1; SELECT 1/0; SELECT 2'));
  await client.until('Z');
  expect(briefs()).toEqual(['SELECT 1 → SELECT 1', 'SELECT 1/0 → 22012']);
  expect(tap.pending()).toEqual([]);
});

test('a syntax error is laid at the door of its statement, beyond characters outside the BMP', async () => {
  client.send(query("SELECT '🐘🐘🐘🐘'; SELECT 2; SELEC 3"));
  await client.until('Z');
  expect(briefs()).toEqual(['SELEC 3 → 42601']);
});

test('empty queries do not count', async () => {
  client.send(query(''));
  await client.until('Z');
  client.send(query(' ; -- nothing'));
  await client.until('Z');
  client.send(parse(''), bind(), execute(), sync());
  await client.until('Z');
  expect(briefs()).toEqual([]);
  expect(tap.pending()).toEqual([]);
});

test('a function body and a rule are one statement each', async () => {
  const sql = [
    'CREATE FUNCTION two() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 2 END; END',
    'CREATE RULE log AS ON DELETE TO items DO ALSO (SELECT 1; SELECT 2)',
    'DROP RULE log ON items',
    'DROP FUNCTION two()',
  ];
  client.send(query(sql.join(';')));
  await client.until('Z');
  expect(tap.statements().map((record) => record.sql)).toEqual(sql);
});

test('with standard_conforming_strings off, backslashes escape', async () => {
  client.send(query('SET standard_conforming_strings = off'));
  await client.until('Z');
  client.send(query("SELECT 'it\\'s; one'; SELECT 2"));
  await client.until('Z');
  expect(tap.statements().map((record) => record.sql)).toEqual([
    'SET standard_conforming_strings = off',
    "SELECT 'it\\'s; one'",
    'SELECT 2',
  ]);
});

test('several cycles in one write, with one Sync each', async () => {
  for (let n = 1; n <= 3; n++) {
    client.send(parse(`SELECT ${n}`), bind(), describe('P'), execute(), sync());
  }
  for (let n = 1; n <= 3; n++) await client.until('Z');
  expect(briefs()).toEqual([1, 2, 3].map((n) => `SELECT ${n} → SELECT 1`));
});

test('an error in a pipeline skips to the next Sync', async () => {
  client.send(parse('SELECT 1'), bind(), execute());
  client.send(parse('SELECT 1/0'), bind(), execute());
  client.send(parse('SELECT 2', 'skipped'), bind('skipped'), execute(), sync());
  client.send(parse('SELECT 3'), bind(), execute(), sync());
  await client.until('Z');
  await client.until('Z');
  expect(briefs()).toEqual(['SELECT 1 → SELECT 1', 'SELECT 1/0 → 22012', 'SELECT 3 → SELECT 1']);
  expect(tap.pending()).toEqual([]);
});

test('messages after an error are skipped even if they are sent later', async () => {
  client.send(parse('SELEC'), flush());
  await client.until('E');
  client.send(bind(), execute(), query('SELECT 1'), sync());
  await client.until('Z');
  client.send(query('SELECT 2'));
  await client.until('Z');
  expect(briefs()).toEqual(['SELEC → 42601', 'SELECT 2 → SELECT 1']);
});

test('a definition that was skipped leaves the name what it was', async () => {
  client.send(parse('SELECT 1', 's'), sync());
  await client.until('Z');
  client.send(parse('SELEC'), close('S', 's'), parse('SELECT 2', 's'), sync());
  client.send(bind('s'), execute(), sync());
  await client.until('Z');
  await client.until('Z');
  expect(briefs()).toEqual(['SELEC → 42601', 'SELECT 1 → SELECT 1']);
});

test('a name can be closed and defined anew in one pipeline', async () => {
  for (const sql of ['SELECT 1', 'SELECT 1', 'SELECT 2']) {
    client.send(parse(sql, 's'), bind('s', 'p'), execute('p'), close('P', 'p'), close('S', 's'));
  }
  client.send(parse('SELECT 3', 's'), bind('s'), execute(), sync());
  await client.until('Z');
  expect(briefs()).toEqual(['1', '1', '2', '3'].map((n) => `SELECT ${n} → SELECT 1`));
});

test('a suspended portal goes on with the same statement', async () => {
  client.send(query('BEGIN'));
  await client.until('Z');
  client.send(parse('SELECT generate_series(1, 5)'), bind('', 'p'), execute('p', 2), flush());
  await client.until('s');
  expect(tap.statements()[1]).toMatchObject({ sql: 'SELECT generate_series(1, 5)', rows: 2 });
  // The second of these is sent before the first has been answered.
  client.send(execute('p', 2), execute('p', 2), sync());
  await client.until('Z');
  expect(tap.statements()).toHaveLength(2);
  expect(tap.statements()[1]).toMatchObject({ rows: 5, command: 'SELECT 1' });
  expect(tap.pending()).toEqual([]);
});

test('a failing Bind is a failed statement', async () => {
  client.send(parse('SELECT 1 + $1::int'), bind(), execute(), sync());
  await client.until('Z');
  expect(briefs()).toEqual(['SELECT 1 + $1::int → 08P01']);
});

test('what the SQL commands PREPARE and DECLARE define can be executed', async () => {
  client.send(query('PREPARE p AS SELECT 1; BEGIN; DECLARE c CURSOR FOR SELECT 2'));
  await client.until('Z');
  client.send(bind('p'), execute(), execute('c'), sync());
  await client.until('Z');
  expect(briefs().slice(3)).toEqual([
    '(prepared statement "p") → SELECT 1',
    '(portal "c") → SELECT 1',
  ]);
});

test('a constraint that fails at Sync fails its statement', async () => {
  client.send(parse('INSERT INTO children VALUES (404)'), bind(), execute(), sync());
  await client.until('Z');
  expect(tap.statements()).toHaveLength(1);
  expect(tap.statements()[0]?.error?.code).toBe('23503');
});

test('records tell the state of the transaction in which they ran', async () => {
  client.send(query('BEGIN; SAVEPOINT s; SELECT 1/0'));
  await client.until('Z');
  client.send(query('SELECT 1'));
  await client.until('Z');
  client.send(query('ROLLBACK TO s; SELECT 2; COMMIT; SELECT 3'));
  await client.until('Z');
  expect(tap.statements().map((record) => [record.sql, record.transactionStatus])).toEqual([
    ['BEGIN', 'idle'],
    ['SAVEPOINT s', 'transaction'],
    ['SELECT 1/0', 'transaction'],
    ['SELECT 1', 'failed'],
    ['ROLLBACK TO s', 'failed'],
    ['SELECT 2', 'transaction'],
    ['COMMIT', 'transaction'],
    ['SELECT 3', 'idle'],
  ]);
});

test('COPY by a simple Query, in and out', async () => {
  client.send(query('COPY items FROM STDIN; COPY (SELECT id FROM items WHERE id > 100) TO STDOUT'));
  await client.until('G');
  client.send(copyData('101\ta\n'), copyData('102\tb\n'), copyDone());
  await client.until('Z');
  expect(tap.statements().map(({ command, rows }) => [command, rows])).toEqual([
    ['COPY 2', 2],
    ['COPY 2', 2],
  ]);
});

test('COPY by the extended protocol ignores a Sync sent before the data', async () => {
  client.send(parse('COPY items FROM STDIN'), bind(), execute(), sync());
  await client.until('G');
  client.send(copyData('201\ta\n'), copyDone(), sync());
  await client.until('Z');
  client.send(parse('SELECT 1'), bind(), execute(), sync());
  await client.until('Z');
  expect(briefs()).toEqual(['COPY items FROM STDIN → COPY 1', 'SELECT 1 → SELECT 1']);
});

test('COPY by the extended protocol in one write', async () => {
  client.send(parse('COPY items FROM STDIN'), bind(), execute(), copyData('202\ta\n'), copyDone());
  client.send(sync(), parse('SELECT 1'), bind(), execute(), sync());
  await client.until('Z');
  await client.until('Z');
  expect(briefs()).toEqual(['COPY items FROM STDIN → COPY 1', 'SELECT 1 → SELECT 1']);
});

test.for([
  ['bad data', copyData('not a number\n'), copyDone()],
  ['given up by the client', copyFail('changed my mind')],
] as const)('COPY that fails: %s', async ([, ...data]) => {
  client.send(parse('COPY items FROM STDIN'), bind(), execute(), sync());
  await client.until('G');
  client.send(...data, sync());
  await client.until('Z');
  client.send(parse('SELECT 1'), bind(), execute(), sync());
  await client.until('Z');
  expect(tap.statements()).toHaveLength(2);
  expect(tap.statements()[0]?.error).toBeDefined();
  expect(briefs()[1]).toBe('SELECT 1 → SELECT 1');
});

test('COPY that fails before it reads: both Syncs are answered', async () => {
  client.send(parse('COPY closed FROM STDIN'), bind(), execute(), sync());
  await client.until('Z');
  client.send(parse('SELECT 1'), bind(), execute(), sync());
  await client.until('Z');
  expect(briefs()).toEqual(['COPY closed FROM STDIN → P0001', 'SELECT 1 → SELECT 1']);
});

test('a function call is a statement', async () => {
  const int4abs = 1397;
  const call = message(
    'F',
    int32(int4abs),
    int16(1),
    int16(0),
    int16(1),
    int32(2),
    Buffer.from('-7'),
    int16(0),
  );
  client.send(call);
  await client.until('Z');
  client.send(query('SELECT 1'));
  await client.until('Z');
  expect(tap.statements().map((record) => record.sql)).toEqual(['FunctionCall 1397', 'SELECT 1']);
});

test('notices and notifications come in between', async () => {
  client.send(query('LISTEN news'));
  await client.until('Z');
  client.send(
    query(
      `SELECT pg_notify('news', 'x'); DO $$ BEGIN RAISE NOTICE 'n; n'; END $$; SET timezone = 'UTC'`,
    ),
  );
  await client.until('Z');
  expect(briefs()).toEqual([
    'LISTEN news → LISTEN',
    `SELECT pg_notify('news', 'x') → SELECT 1`,
    `DO $$ BEGIN RAISE NOTICE 'n; n'; END $$ → DO`,
    `SET timezone = 'UTC' → SET`,
  ]);
});

test('statements of a lost connection are recorded as such', async () => {
  const seen = tap.waitFor(({ sql }) => sql.includes('pg_sleep'), { timeoutMs: 5_000 });
  client.send(query('SELECT pg_sleep(60)'));
  await seen;
  expect(tap.pending().map(({ sql }) => sql)).toEqual(['SELECT pg_sleep(60)']);
  const lost = tap.waitForAnswer(() => true, { timeoutMs: 5_000 });
  proxy.faults.reset();
  expect((await lost).error?.code).toBe(CONNECTION_LOST);
  expect(tap.pending()).toEqual([]);
});

test('a backend that is terminated fails the statement in turn, and nothing when idle', async () => {
  const other = await RawClient.connect(server);
  const terminate = query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()`,
  );
  other.send(terminate);
  await client.until('E');
  const next = await RawClient.connect(proxy);
  next.send(query('SELECT pg_sleep(60)'));
  await tap.waitFor(({ sql }) => sql.includes('pg_sleep'), { timeoutMs: 5_000 });
  await other.until('Z');
  other.send(terminate);
  await next.until('E');
  other.end();
  expect(briefs()).toEqual(['SELECT pg_sleep(60) → 57P01']);
});

test('a long statement is cut, not between the bytes of a character', async () => {
  const sql = `SELECT length('${'é'.repeat(100_000)}')`;
  client.send(query(sql));
  await client.until('Z');
  client.send(parse(sql), bind(), execute(), sync());
  await client.until('Z');
  const records = tap.statements();
  expect(records).toHaveLength(2);
  for (const record of records) {
    expect(record.truncated).toBe(true);
    expect(sql.startsWith(record.sql)).toBe(true);
    expect(Buffer.byteLength(record.sql)).toBeGreaterThan(65_530);
    expect(Buffer.byteLength(record.sql)).toBeLessThanOrEqual(65_536);
  }
});

test('what a COPY would end with, outside of one, is nothing', async () => {
  for (let n = 0; n < 1_000; n++) client.send(copyDone());
  client.send(
    query('SELECT 1'),
    copyFail('of what?'),
    parse('SELECT 2'),
    bind(),
    execute(),
    sync(),
  );
  await client.until('Z');
  await client.until('Z');
  expect(briefs()).toEqual(['SELECT 1 → SELECT 1', 'SELECT 2 → SELECT 1']);
});
