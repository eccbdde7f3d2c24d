import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { isQuery } from '../../../src/network/postgres/classify.ts';
import { type PostgresTap, postgresTap } from '../../../src/network/postgres/tap.ts';
import { type RunningProxy, startProxy } from '../../../src/network/proxy.ts';
import { heapOf } from './heap.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import { int32, message, parse, query, RawClient, startup, sync, text } from './raw-client.ts';

const MOST = 100;

let server: PostgresServer;
let proxy: RunningProxy;
let tap: PostgresTap;
let client: RawClient;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());

async function connect(options: Parameters<typeof postgresTap>[0] = {}): Promise<void> {
  const { factory, tap: watching } = postgresTap(options);
  tap = watching;
  proxy = await startProxy({ name: 'postgres', upstream: server, tap: factory });
  client = await RawClient.connect(proxy);
}

async function disconnect(): Promise<void> {
  client.end();
  await proxy.close();
}

describe('a flood of statements to a real Postgres', () => {
  beforeEach(() => connect({ most: MOST }));
  afterEach(disconnect);

  async function say(...messages: Buffer[]): Promise<void> {
    client.send(...messages);
    await client.until('Z');
  }

  test('is counted, and kept up to a limit', async () => {
    await say(query('SELECT;'.repeat(MOST)));
    expect(tap.excessSince(0)).toBeUndefined();
    await say(query('SELECT;'.repeat(MOST)));
    expect(tap.mark()).toBe(2 * MOST);
    expect(tap.statements()).toHaveLength(MOST);
    expect(tap.pending()).toEqual([]);
    expect(tap.excessSince(0)).toBe('more than 100 statements');
    expect(tap.excessSince(tap.mark())).toBeUndefined();
    expect(tap.opaqueSince(0)).toEqual([]);
  });

  test('is over once it is forgotten: what follows the next mark is kept again', async () => {
    await say(query('SELECT;'.repeat(MOST)));
    await say(query('SELECT 1'));
    tap.forget();
    await say(query('SELECT 2'));
    const mark = tap.mark();
    await say(query('SELECT 3'));
    expect(tap.since(mark).map(({ sql }) => sql)).toEqual(['SELECT 3']);
    expect(tap.statements()).toEqual(tap.since(mark));
    expect(tap.excessSince(mark)).toBeUndefined();
  });

  test('that waits for answers is let go, and the connection goes on', async () => {
    await say(query('SELECT;'.repeat(MOST + 1)));
    expect(tap.excessSince(0)).toBe('more than 100 statements before their answers');
    expect([tap.pending(), tap.statements(), tap.opaqueSince(0)]).toEqual([[], [], []]);
    const other = await RawClient.connect(proxy);
    other.send(query('SELECT 1'));
    await other.until('Z');
    expect(tap.statements().map(({ sql }) => sql)).toEqual(['SELECT 1']);
    other.end();
  });

  test('of messages without statements is let go, too', async () => {
    client.send(query('SELECT pg_sleep(0.1)'), ...Array<Buffer>(2 * MOST).fill(sync()));
    for (let i = 0; i <= 2 * MOST; i += 1) await client.until('Z');
    expect(tap.excessSince(0)).toBe('more than 100 messages before their answers');
    expect([tap.pending(), tap.statements(), tap.opaqueSince(0)]).toEqual([[], [], []]);
  });
});

describe('a message of more statements than are told apart', () => {
  beforeEach(() => connect());
  afterEach(disconnect);

  const MANY = 1_500;
  const rest = `SELECT 1;${'SET a.b=1;'.repeat(MANY - 1_000)}`;
  const sql = `${'SET a.b=1;'.repeat(999)}${rest}`;

  test('counts as many, and those for queries', async () => {
    client.send(query(sql));
    await client.until('Z');
    const statements = tap.statements();
    expect(statements).toHaveLength(MANY);
    expect(statements.filter(isQuery)).toHaveLength(MANY - 999);
    expect(statements.at(-1)).toMatchObject({ sql: rest, unsplit: true });
    expect(tap.pending()).toEqual([]);
  });

  test('counts as far as it came, where it fails', async () => {
    client.send(query(`${sql}SELECT 1/0;SELECT 1`));
    await client.until('Z');
    expect(tap.statements()).toHaveLength(MANY + 1);
    expect(tap.statements().at(-1)?.error?.code).toBe('22012');
    expect(tap.pending()).toEqual([]);
  });

  test('counts as many where its connection is lost', async () => {
    client.send(query(`SELECT pg_sleep(60);${sql}`));
    await tap.waitFor(({ sql }) => sql.includes('pg_sleep'), { timeoutMs: 60_000 });
    expect(tap.pending()).toHaveLength(1_000);
    proxy.faults.cut();
    await expect.poll(() => tap.pending()).toEqual([]);
    expect(tap.statements()).toHaveLength(MANY + 1);
  });
});

describe('what is kept of a flood', () => {
  const READY = message('Z', Buffer.from('I'));
  const DONE = Buffer.concat([message('C', text('SELECT 0')), READY]);

  function open() {
    const { factory, tap } = postgresTap();
    const connect = (number: number) => {
      const connection = factory.open(number);
      connection.fromClient(startup());
      connection.fromUpstream(READY);
      return connection;
    };
    return { tap, connect };
  }

  const heap = (sent: (i: number) => Buffer, answer: (i: number) => Buffer) =>
    heapOf(() => {
      const { tap, connect } = open();
      const connection = connect(1);
      for (let i = 0; i < 5_000; i += 1) {
        connection.fromClient(sent(i));
        connection.fromUpstream(answer(i));
      }
      expect(tap.statements()).toHaveLength(5_000);
      return tap;
    });
  const MB = 1024 * 1024;
  const failed = (i: number) =>
    Buffer.concat([
      message('E', text('SERROR'), text('CP0001'), text(`M${i}${'m'.repeat(15_000)}`), text('')),
      READY,
    ]);
  const unknown = (i: number) =>
    Buffer.concat([message('E', text(`${i}${'p'.repeat(1_000)}`), int32(0)), sync()]);

  test.each([
    ['long statements', (i: number) => query(`SELECT ${i}${'x'.repeat(60_000)}`), () => DONE],
    ['long errors', () => query('SELECT'), failed],
    ['portals that nobody made', unknown, failed],
  ])('has its bounds where it consists of %s', (_, sent, answer) => {
    expect(heap(sent, answer)).toBeLessThan(40 * MB);
  });

  test('has its bounds where it waits, over all connections', () => {
    const { tap, connect } = open();
    const wait = (count: number, number: number) => {
      const connection = connect(number);
      for (let i = 0; i < count; i += 1) connection.fromClient(parse('SELECT 1'));
      return connection;
    };
    const kept = heapOf(() => {
      wait(30_000, 1).ended();
      return [tap, wait(30_000, 2), wait(19_999, 3)];
    });
    expect(kept).toBeLessThan(40 * MB);
    expect(() => wait(2, 4)).toThrow('more than 50,000 messages before their answers');
  });

  test('has its bounds where a message has thousands of statements', () => {
    const { tap, connect } = open();
    const kept = heapOf(() => {
      const connection = connect(1);
      for (let i = 0; i < 40; i += 1)
        connection.fromClient(query(`SELECT ${i};${'1;'.repeat(32_000)}`));
      return [tap, connection];
    });
    expect(tap.pending()).toHaveLength(40_000);
    expect(kept).toBeLessThan(40 * MB);
  });

  test('ends with too many names, over all connections; those of closed ones do not count', () => {
    const { tap, connect } = open();
    const define = (count: number, number: number) => {
      const connection = connect(number);
      for (let i = 0; i < count; i += 1) {
        connection.fromClient(parse('SELECT 1', `name ${i}`));
        connection.fromUpstream(message('1'));
      }
      return connection;
    };
    define(30_000, 1).ended();
    define(30_000, 2);
    expect(tap.excessSince(0)).toBeUndefined();
    expect(() => define(30_000, 3)).toThrow(
      'more than 50,000 names of prepared statements and portals',
    );
  });
});
