import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { promisify } from 'node:util';
import { Pool } from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createIncidents } from '../../../src/kit/incidents.ts';
import { holdRow, holdTable } from '../../../src/kit/locks.ts';
import {
  createPostgresProbe,
  type PostgresLink,
  statementLines,
} from '../../../src/kit/postgres.ts';
import { createSql, type Sql } from '../../../src/kit/sql.ts';
import { postgresTap } from '../../../src/network/postgres/tap.ts';
import { type RunningProxy, startProxy } from '../../../src/network/proxy.ts';
import { usePostgres } from '../../support/postgres.ts';
import { RawClient } from '../network/raw-client.ts';
import { failureOf } from './failure.ts';

const postgres = usePostgres('CREATE TABLE tasks (id int PRIMARY KEY, title text NOT NULL);');
const ends: (() => Promise<unknown>)[] = [];
let admin: Pool;
let links: { link: PostgresLink; proxy: RunningProxy; app: Pool }[];

const poolOf = (options: ConstructorParameters<typeof Pool>[0]) => {
  const pool = new Pool(options);
  pool.on('error', () => {});
  ends.push(() => pool.end());
  return pool;
};

beforeEach(async () => {
  const database = await postgres.createDatabase();
  ends.push(() => database.drop());
  admin = poolOf(database.grader);
  const open = async (name: string) => {
    const { factory, tap } = postgresTap();
    const proxy = await startProxy({ name, upstream: postgres.server.address, tap: factory });
    ends.push(() => proxy.close());
    const { role } = postgres.server;
    const app = poolOf({ host: proxy.host, port: proxy.port, ...role, database: database.name });
    return { link: { process: name, tap, faults: proxy.faults }, proxy, app };
  };
  links = [await open('web.1'), await open('web.2')];
});
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function sendHttp(to: { host: string; port: number }): Promise<void> {
  const socket = connect(to.port, to.host).on('error', () => {});
  socket.end('GET / HTTP/1.1\r\n\r\n');
  socket.resume();
  await once(socket, 'close');
}

const never = new AbortController().signal;
const probe = (signal = never, incidents = createIncidents(() => performance.now())) =>
  createPostgresProbe(() => links.map(({ link }) => link), signal, { incidents });

/** Longer than any of these tests takes: they end what holds when they have seen enough. */
const LONG_MS = 60_000;

/** Ends the statement that holds or sleeps, and with it its locks. */
async function endSleeps(database: Pool, ...released: Promise<unknown>[]): Promise<void> {
  // What was sent need not have begun, and there is nothing to cancel before.
  const cancel = () =>
    database.query(`SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE state = 'active'
      AND datname = current_database() AND pid <> pg_backend_pid() AND query LIKE '%pg_sleep%'`);
  await expect.poll(async () => (await cancel()).rowCount).toBeGreaterThan(0);
  await Promise.allSettled(released);
}

describe('a row that is held', () => {
  const row = { table: 'tasks', column: 'id', value: '1' };

  it('is read as it was, and changed by nobody else until then', async () => {
    const sql = createSql(admin, never);
    await sql`INSERT INTO tasks VALUES (1, 'before'), (2, 'another')`;
    const { released, someoneWaits } = await holdRow(sql, row, LONG_MS);
    let changed = false;
    const change = links[0]!.app.query(`UPDATE tasks SET title = 'after' WHERE id = 1`).then(() => {
      changed = true;
    });
    await someoneWaits({ withinMs: 20_000 });
    await sql`UPDATE tasks SET title = 'not held' WHERE id = 2`;
    expect(await sql`SELECT title FROM tasks WHERE id = 1`).toEqual([{ title: 'before' }]);
    expect(changed).toBe(false);
    await endSleeps(admin, released);
    await change;
    expect(await sql`SELECT title FROM tasks WHERE id = 1`).toEqual([{ title: 'after' }]);
  });

  it('and that nobody wants, is said to be', async () => {
    const sql = createSql(admin, never);
    await sql`INSERT INTO tasks VALUES (1, 'before')`;
    const { released, someoneWaits } = await holdRow(sql, row, LONG_MS);
    const failure = await failureOf(() => someoneWaits({ withinMs: 100 }));
    expect(failure.action).toBe('');
    await endSleeps(admin, released);
  });

  it('is told from its like in another database of the server', async () => {
    const other = await postgres.createDatabase();
    ends.push(() => other.drop());
    const elsewhere = poolOf(other.grader);
    for (const database of [admin, elsewhere])
      await database.query(`INSERT INTO tasks VALUES (1, 'before')`);
    const there = await holdRow(createSql(elsewhere, never), row, LONG_MS);
    const change = elsewhere.query(`UPDATE tasks SET title = 'after'`);
    await there.someoneWaits({ withinMs: 20_000 });
    const here = await holdRow(createSql(admin, never), row, LONG_MS);
    await failureOf(() => here.someoneWaits({ withinMs: 100 }));
    await endSleeps(elsewhere, there.released);
    await change;
    await endSleeps(admin, here.released);
  });

  it('and is not there, is said at once', async () => {
    const failure = await failureOf(() => holdRow(createSql(admin, never), row, LONG_MS));
    expect(failure.expected).toContain('rows of tasks to hold');
  });

  it('and was over before that could be seen, is no failure of the app', async () => {
    const sql = createSql(admin, never);
    await sql`INSERT INTO tasks VALUES (1, 'before')`;
    let hold: Promise<unknown> = Promise.resolve();
    const late: Sql = async (parts, ...values) => {
      if (parts.some((part) => part.includes('FROM pg_locks'))) await hold;
      const done = sql<never>(parts, ...values);
      if (parts.some((part) => part.includes('pg_sleep'))) hold = done;
      return done;
    };
    await expect(holdRow(late, row, 0)).rejects.toMatchObject({
      kind: 'environment',
      message: "The grader's lock of the row of tasks was over before it could be seen.",
    });
  });
});

describe('a table that is held', () => {
  it('is read, and written to by nobody until then', async () => {
    const sql = createSql(admin, never);
    await sql`INSERT INTO tasks VALUES (1, 'before')`;
    const { released } = await holdTable(sql, 'tasks', LONG_MS);
    const writes = links.map(({ app }) => app.query(`INSERT INTO tasks VALUES (2, 'one of two')`));
    const outcomes = Promise.allSettled(writes);
    expect(await sql`SELECT id FROM tasks`).toEqual([{ id: 1 }]);
    await endSleeps(admin, released);
    expect((await outcomes).map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});

describe('what the app says to Postgres', () => {
  it('is told from the beginning of the check, through all links, in the order of its end', async () => {
    const [one, two] = [links[0]!.app, links[1]!.app];
    await one.query('SELECT 0');
    const seen = probe();
    await one.query('SELECT 1');
    await two.query('BEGIN; SELECT 2; COMMIT');
    await one.query('SET application_name = $$x$$');
    await one.query('SELECT 3 FROM nowhere').catch(() => {});
    expect(statementLines(seen.statements())).toEqual([
      'SELECT 1',
      'SELECT 2',
      'SELECT 3 FROM nowhere  -- failed: relation "nowhere" does not exist',
    ]);
  });

  it('during an action is told with what it returned', async () => {
    const app = links[0]!.app;
    await app.query('SELECT 0');
    const { result, statements } = await probe().during(async () => {
      await app.query('SELECT\n  $1::int', [1]);
      return 'done';
    });
    expect(result).toBe('done');
    expect(statementLines(statements)).toEqual(['SELECT $1::int']);
  });

  it('is told of one process alone', async () => {
    const seen = probe();
    await links[0]!.app.query('SELECT 1');
    await links[1]!.app.query('SELECT 2');
    expect(statementLines(seen.of('web.2').statements())).toEqual(['SELECT 2']);
    expect(() => seen.of('worker.1')).toThrow(/no process worker\.1.*: web\.1, web\.2$/);
    seen.of('web.2').cut();
    await expect(links[1]!.app.query('SELECT 2')).rejects.toThrow();
    await links[0]!.app.query('SELECT 3');
  });

  it('is seen while it is in flight', async () => {
    const sleeping = links[1]!.app.query(`SELECT pg_sleep(${LONG_MS / 1_000})`);
    const ended = expect(sleeping).rejects.toMatchObject({ code: '57014' });
    const sleep = /pg_sleep/g;
    await probe().seen(sleep, { withinMs: 20_000, what: 'the sleep' });
    await probe().seen(sleep, { withinMs: 20_000, what: 'the sleep' });
    expect(probe().statements()).toEqual([]);
    await endSleeps(admin, ended);
    await ended;
  });

  it('and never comes, fails the check', async () => {
    const failure = await failureOf(() =>
      probe().seen(/pg_sleep/, { withinMs: 20, what: 'an UPDATE' }),
    );
    expect(failure).toMatchObject({
      expected: 'an UPDATE within 0.02 s',
      actual: 'no such statement reached Postgres',
    });
  });

  it('and is no Postgres, fails the check in which it passes, and no other', async () => {
    const [{ link, proxy, app }] = links as [(typeof links)[number]];
    await app.query('SELECT 1');
    const before = probe();
    const failure = await failureOf(() => before.during(() => sendHttp(proxy)));
    expect(failure).toMatchObject({
      expected: `web.1 to speak to Postgres in Postgres' protocol 3 alone, so that what it sends can be counted`,
      actual:
        'a connection that could not be followed: no session begins with a message of 1,195,725,856 bytes',
      hint: expect.stringContaining('a health check over HTTP'),
    });
    expect(await failureOf(() => before.statements())).toEqual(failure);
    const after = probe();
    const { statements } = await after.during(() => app.query('SELECT 2'));
    expect(statementLines(statements)).toEqual(['SELECT 2']);
    expect(statementLines(after.statements())).toEqual(['SELECT 2']);
    expect(() => before.of('web.2').statements()).not.toThrow();
    link.tap.forget();
    await app.query('SELECT 3');
    expect(probe().statements()).toEqual([]);
  });

  it('and whose answer cannot be followed, is no grade', async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end('rubbish\r\n'));
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    ends.push(() => promisify(server.close.bind(server))());
    const { factory, tap } = postgresTap();
    const upstream = { host: '127.0.0.1', port: (server.address() as AddressInfo).port };
    const proxy = await startProxy({ name: 'web.1', upstream, tap: factory });
    ends.push(() => proxy.close());
    const link = { process: 'web.1', tap, faults: proxy.faults };
    const seen = createPostgresProbe(() => [link], never, {
      incidents: createIncidents(() => 0),
    });
    await expect(RawClient.connect(proxy)).rejects.toThrow('the connection is closed');
    expect(() => seen.statements()).toThrow(
      expect.objectContaining({
        kind: 'bug',
        message: expect.stringContaining('could not be followed: there is no message "r" of'),
      }),
    );
  });
});

describe('faults', () => {
  const outcomes = () =>
    Promise.all(
      links.map(({ app }) =>
        app.query('SELECT 1').then(
          () => 'answered',
          (error: { code?: string; message: string }) => error.code ?? error.message,
        ),
      ),
    );

  it('are felt on every link, and end on every link', async () => {
    const network = probe();
    expect(await outcomes()).toEqual(['answered', 'answered']);
    network.cut();
    expect(await outcomes()).not.toContain('answered');
    expect(await outcomes()).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
    await network.restore();
    expect(await outcomes()).toEqual(['answered', 'answered']);
    network.delay(30);
    const startedAt = performance.now();
    await outcomes();
    expect(performance.now() - startedAt).toBeGreaterThan(55);
    await network.restore();
  });

  it('go on record, with how long they lasted', async () => {
    const incidents = createIncidents(() => performance.now());
    const network = probe(never, incidents);
    network.delay(5);
    network.reset();
    network.of('web.2').cut();
    await network.of('web.2').restore();
    network.cut();
    await network.restore();
    network.of('web.1').blackhole();
    await network.restore();
    expect(incidents.list.map(({ kind, target, process }) => [kind, target, process])).toEqual([
      ['delay', 'Postgres', undefined],
      ['reset', 'Postgres', undefined],
      ['cut', 'Postgres', 'web.2'],
      ['cut', 'Postgres', undefined],
      ['blackhole', 'Postgres', 'web.1'],
    ]);
    network.delay(5, { only: 'upstream' });
    expect(incidents.list.at(-1)!.text).toBe('delayed by 5 ms on the way there');
    await network.restore();
    const [delay, reset, , cut] = incidents.list;
    expect(delay!.startedAt + delay!.durationMs!).toBeLessThanOrEqual(cut!.startedAt);
    expect(reset).not.toHaveProperty('durationMs');
    expect(incidents.list).toEqual(incidents.list);
  });

  it('are out of reach for a check that is over', async () => {
    const over = new AbortController();
    const network = probe(over.signal);
    over.abort(new Error('over'));
    for (const fault of ['cut', 'refuse', 'blackhole', 'reset'] as const)
      expect(() => network[fault]()).toThrow('over');
    expect(() => network.delay(1)).toThrow('over');
    await expect(network.restore()).rejects.toThrow('over');
    expect(await outcomes()).toEqual(['answered', 'answered']);
  });
});
