import { connect } from 'node:net';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { isQuery } from '../../../src/network/postgres/classify.ts';
import { type PostgresTap, postgresTap } from '../../../src/network/postgres/tap.ts';
import { type RunningProxy, startProxy } from '../../../src/network/proxy.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { int32 } from './raw-client.ts';

let server: PostgresServer;
let proxy: RunningProxy;
let tap: PostgresTap;
let url: string;

beforeAll(async () => {
  server = await startPostgres();
  await direct((client) =>
    client.query('CREATE TABLE items (id serial PRIMARY KEY, name text UNIQUE)'),
  );
});

afterAll(() => server.stop());

beforeEach(async () => {
  const { factory, tap: watching } = postgresTap();
  tap = watching;
  proxy = await startProxy({ name: 'postgres', upstream: server, tap: factory });
  url = `postgres://postgres@${proxy.host}:${proxy.port}/postgres?sslmode=disable`;
  await direct((client) => client.query('TRUNCATE items'));
});

afterEach(async () => {
  expect(tap.opaqueSince(0)).toEqual([]);
  expect(tap.pending()).toEqual([]);
  await proxy.close();
});

async function direct<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ host: server.host, port: server.port, user: 'postgres' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** What the server's own log tells of, between two statements that are not the app's. */
async function logged(work: () => Promise<unknown>): Promise<string[]> {
  const [begin, end] = [`begin ${performance.now()}`, `end ${performance.now()}`];
  await direct((client) => client.query(`SELECT '${begin}'`));
  await work();
  await direct((client) => client.query(`SELECT '${end}'`));
  const statements = await server.executedBefore(end);
  return statements.slice(statements.findIndex((sql) => sql.includes(begin)) + 1);
}

const seen = () => tap.statements().map(({ sql }) => sql);

test('pg: a pool under load is counted as the server counts', async () => {
  const pool = new pg.Pool({ connectionString: url, max: 8 });
  const truth = await logged(async () => {
    const work = Array.from({ length: 300 }, async (_, n) => {
      if (n % 3 === 0) return pool.query('SELECT 1');
      if (n % 3 === 1) return pool.query('SELECT $1::int', [n]);
      return pool.query({ name: 'by-id', text: 'SELECT * FROM items WHERE id = $1', values: [n] });
    });
    await Promise.all(work);
    await pool.end();
  });
  expect(truth).toHaveLength(300);
  expect(seen().toSorted()).toEqual(truth.toSorted());
});

test('pg: transactions, errors and several statements at once', async () => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('BEGIN');
  await client.query('INSERT INTO items (name) VALUES ($1), ($2)', ['a', 'b']);
  await expect(client.query('INSERT INTO items (name) VALUES ($1)', ['a'])).rejects.toThrow();
  await client.query('ROLLBACK');
  await client.query("INSERT INTO items (name) VALUES ('x;y'); UPDATE items SET name = 'z'");
  await expect(client.query('SELECT * FROM nowhere')).rejects.toThrow();
  await expect(client.query('SELECT * FROM nowhere WHERE id = $1', [1])).rejects.toThrow();
  await client.end();

  const records = tap.statements();
  expect(records.map(({ command, rows, error }) => [command ?? error?.code, rows])).toEqual([
    ['BEGIN', undefined],
    ['INSERT 0 2', 2],
    ['23505', undefined],
    ['ROLLBACK', undefined],
    ['INSERT 0 1', 1],
    ['UPDATE 1', 1],
    ['42P01', undefined],
    ['42P01', undefined],
  ]);
  expect(records[1]).toMatchObject({ protocol: 'extended', transactionStatus: 'transaction' });
  expect(records.filter(isQuery)).toHaveLength(6);
  for (const { durationMs } of records) expect(durationMs).toBeGreaterThanOrEqual(0);
});

test('pg: LISTEN hears through the proxy', async () => {
  const client = new pg.Client(url);
  await client.connect();
  const heard = new Promise((resolve) => client.on('notification', resolve));
  await client.query('LISTEN news');
  await direct((other) => other.query("NOTIFY news, 'hello'"));
  expect(await heard).toMatchObject({ payload: 'hello' });
  await client.end();
  expect(seen()).toEqual(['LISTEN news']);
});

test('pg: a cancelled statement fails, and the CancelRequest is no statement', async () => {
  const client = new pg.Client(url);
  await client.connect();
  const sleeping = client.query('SELECT pg_sleep(60)');
  const refused = expect(sleeping).rejects.toThrow('canceling statement');
  await tap.waitFor(({ sql }) => sql.includes('pg_sleep'), { timeoutMs: 5_000 });
  // What the server gave for this; pg has it, and its types do not.
  const { processID, secretKey } = client as unknown as Record<string, number>;
  // Sent is not yet begun, and a backend that does nothing drops the request.
  const asleep = "SELECT FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'PgSleep'";
  const sleepers = () => direct(async (other) => (await other.query(asleep, [processID])).rowCount);
  await expect.poll(sleepers).toBe(1);
  const request = [16, 80_877_102, processID as number, secretKey as number].map(int32);
  connect(proxy.port, proxy.host).end(Buffer.concat(request));
  await refused;
  await client.end();
  expect(tap.statements().map(({ error }) => error?.code)).toEqual(['57014']);
});

test('postgres.js: pipelined statements are counted as the server counts', async () => {
  const sql = postgres(url, { max: 3, fetch_types: false });
  const truth = await logged(async () => {
    const work = Array.from({ length: 300 }, (_, n) =>
      n % 2 === 0 ? sql`SELECT ${n}::int` : sql`SELECT count(*) FROM items WHERE id > ${n}`,
    );
    await Promise.all(work);
    await sql.end();
  });
  expect(truth).toHaveLength(300);
  expect(seen().toSorted()).toEqual(truth.toSorted());
});

test('postgres.js: an error between pipelined statements fails itself alone', async () => {
  const sql = postgres(url, { max: 1, fetch_types: false });
  const results = await Promise.allSettled([
    sql`SELECT 1 AS n`,
    sql`SELECT 1 / ${0}::int`,
    sql`SELEC 2`,
    sql`SELECT 3 AS n`,
  ]);
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'rejected',
    'rejected',
    'fulfilled',
  ]);
  await sql.end();
  expect(tap.statements().map(({ command, error }) => command ?? error?.code)).toEqual([
    'SELECT 1',
    '22012',
    '42601',
    'SELECT 1',
  ]);
});

test('postgres.js: what it asks on connecting is no query of the app', async () => {
  const sql = postgres(url, { max: 1 });
  await sql`SELECT ${1}::int`;
  await sql.end();
  expect(tap.statements().length).toBeGreaterThan(1);
  expect(
    tap
      .statements()
      .filter(isQuery)
      .map((record) => record.sql),
  ).toEqual(['SELECT $1::int']);
});

test('postgres.js: transactions, cursors, COPY and several statements at once', async () => {
  const sql = postgres(url, { max: 1, fetch_types: false });
  await sql.begin(async (tx) => {
    await tx`INSERT INTO items (name) SELECT g::text FROM generate_series(1, ${10}) g`;
    let batches = 0;
    await tx`SELECT * FROM items`.cursor(4, () => {
      batches++;
    });
    expect(batches).toBe(3);
  });
  const copy = await sql`COPY items (name) FROM STDIN`.writable();
  await new Promise<void>((resolve, reject) => {
    copy.once('error', reject);
    copy.write('copied\n');
    copy.end('twice\n', () => resolve());
  });
  await sql.unsafe('SELECT 1; SELECT 2');
  await sql.end();
  const briefs = tap.statements().map(({ command, rows }) => [command?.split(' ')[0], rows]);
  expect(briefs).toEqual([
    ['BEGIN', undefined],
    ['INSERT', 10],
    ['SELECT', 10],
    ['COMMIT', undefined],
    ['COPY', 2],
    ['SELECT', 1],
    ['SELECT', 1],
  ]);
});

test('a pool survives a cut', async () => {
  const pool = new pg.Pool({ connectionString: url });
  await pool.query('SELECT 1');
  const noticed = new Promise((resolve) => pool.on('error', resolve));
  proxy.faults.cut();
  await noticed;
  await expect(pool.query('SELECT 2')).rejects.toThrow('ECONNREFUSED');
  await proxy.faults.restore();
  await pool.query('SELECT 3');
  await pool.end();
  expect(seen()).toEqual(['SELECT 1', 'SELECT 3']);
});

test('behind a blackhole, a statement is seen and never answered', async () => {
  const client = new pg.Client(url);
  client.on('error', () => {});
  await client.connect();
  proxy.faults.blackhole();
  const answer = client.query('SELECT 1').then(
    () => 'answered',
    () => 'failed',
  );
  await tap.waitFor(({ sql }) => sql === 'SELECT 1', { timeoutMs: 5_000 });
  expect(tap.pending()).toHaveLength(1);
  await proxy.faults.restore();
  expect(await answer).toBe('failed');
  await expect.poll(() => tap.statements()[0]?.error?.code).toBe('connection lost');
});

test('by a Unix socket upstream', async () => {
  const { factory, tap: watching } = postgresTap();
  const upstream = { path: server.socket };
  await using local = await startProxy({ name: 'postgres', upstream, tap: factory });
  const client = new pg.Client({ host: local.host, port: local.port, user: 'postgres' });
  await client.connect();
  await client.query('SELECT 1');
  await client.end();
  expect(watching.statements()).toHaveLength(1);
});

test('marks, and waits for what was answered since one', async () => {
  const client = new pg.Client(url);
  await client.connect();
  await client.query('SELECT 1');
  const mark = tap.mark();
  await client.query('SELECT 2');
  expect(tap.since(mark).map(({ sql }) => sql)).toEqual(['SELECT 2']);
  const is = (text: string) => (statement: { sql: string }) => statement.sql === text;
  const timeoutMs = 50;
  await tap.waitForAnswer(is('SELECT 2'), { timeoutMs, since: mark });
  await tap.waitFor(is('SELECT 2'), { timeoutMs, since: mark });
  await expect(
    tap.waitFor(is('SELECT 1'), { timeoutMs, since: mark, what: 'first' }),
  ).rejects.toThrow('no first was seen within 50 ms; the last others: SELECT 2');
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(tap.waitFor(() => true, { timeoutMs, signal })).rejects.toThrow('enough');
  const thrown = tap.waitFor(
    () => {
      throw new Error('a bug in a check');
    },
    { timeoutMs: 5_000 },
  );
  const rejected = expect(thrown).rejects.toThrow('a bug in a check');
  await client.query('SELECT 3');
  await rejected;
  await client.end();
});
