import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningProxy, startProxy } from '../../../../src/network/proxy.ts';
import { type RedisTap, redisTap } from '../../../../src/network/redis/tap.ts';
import { heapOf } from '../heap.ts';
import {
  command,
  noRedis,
  RawRedis,
  type RedisServer,
  startRedis,
  titled,
} from './redis-server.ts';

const MOST = 100;

describe.skipIf(noRedis)(titled('a flood of commands to a real Redis'), () => {
  let server: RedisServer;
  let proxy: RunningProxy;
  let tap: RedisTap;
  let client: RawRedis;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  beforeEach(async () => {
    const { factory, tap: watching } = redisTap({ most: MOST });
    tap = watching;
    proxy = await startProxy({ name: 'redis', upstream: server, tap: factory });
    client = await RawRedis.connect(proxy);
  });
  afterEach(async () => {
    client.close();
    await proxy.close();
  });

  /** So many at a time that none is too many to wait for an answer. */
  async function flood(times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      client.lines(...Array<string>(MOST - 1).fill('PING'), `ECHO end${i}.`);
      await client.until(`end${i}.\r\n`);
    }
  }

  test('is counted, and kept up to a limit', async () => {
    await flood(10);
    expect(tap.mark()).toBe(10 * MOST);
    expect(tap.commands()).toHaveLength(MOST);
    expect(tap.pending()).toEqual([]);
    expect(tap.excessSince(0)).toBe('more than 100 commands');
    expect(tap.opaqueSince(0)).toEqual([]);
  });

  test('is no excess up to the limit, nor before the moment that is asked about', async () => {
    await flood(1);
    expect(tap.excessSince(0)).toBeUndefined();
    await flood(1);
    expect(tap.excessSince(tap.mark())).toBeUndefined();
    expect(tap.since(tap.mark())).toEqual([]);
  });

  test('is waited for like any other traffic', async () => {
    await flood(2);
    const seen = tap.waitFor(({ name }) => name === 'GET', { timeoutMs: 5_000 });
    const answered = tap.waitForAnswer(({ name }) => name === 'GET', { timeoutMs: 5_000 });
    client.lines('GET a');
    expect(await seen).toMatchObject({ args: ['a'] });
    expect(await answered).toMatchObject({ args: ['a'] });
  });

  test('is over once it is forgotten: what follows the next mark is kept again', async () => {
    await flood(2);
    tap.forget();
    await flood(2);
    expect(tap.commands()).toEqual([]);
    const mark = tap.mark();
    expect(mark).toBe(4 * MOST);
    client.lines('GET a', 'GET b');
    await client.until('$-1\r\n$-1\r\n');
    expect(tap.since(mark).map(({ args }) => args)).toEqual([['a'], ['b']]);
    expect(tap.excessSince(mark)).toBeUndefined();
    expect(tap.excessSince(0)).toBe('more than 100 commands');
  });

  test('that waits for answers is let go, and the connection goes on', async () => {
    const other = await RawRedis.connect(proxy);
    client.lines('BLPOP list 0', ...Array<string>(3 * MOST).fill('PING'), 'ECHO end.');
    await expect.poll(() => tap.excessSince(0)).toBe('more than 100 commands before their answers');
    expect(tap.pending()).toEqual([]);
    other.lines('RPUSH list x');
    await client.until('end.\r\n');
    await other.until(':1\r\n');
    expect(tap.commands().map(({ name }) => name)).toEqual(['RPUSH']);
    expect(tap.opaqueSince(0)).toEqual([]);
    other.close();
  });
});

describe('what is kept of a flood', () => {
  const heap = (times: number, sent: Buffer, answer: string) =>
    heapOf(() => {
      const { factory, tap } = redisTap();
      const connection = factory.open(1);
      for (let i = 0; i < times; i += 1) {
        connection.fromClient(sent);
        connection.fromUpstream(Buffer.from(answer));
      }
      expect(tap.commands()).toHaveLength(times);
      return tap;
    });
  const MB = 1024 * 1024;

  test.each([
    [
      'long arguments',
      5_000,
      command('SET', ...Array<string>(15).fill('x'.repeat(1024))),
      '-ERR\r\n',
    ],
    ['many arguments', 5_000, command('DEL', ...Array<string>(1000).fill('')), ':0\r\n'],
    [
      'lines of space',
      2_000,
      Buffer.from(`GET aaaaaaaaaaaaaaaaaaaa${' '.repeat(60_000)}\n`),
      '$-1\r\n',
    ],
    ['long errors', 40_000, Buffer.from('PING\n'), `-${'E'.repeat(1000)}\r\n`],
  ])('has its bounds where it consists of %s', (_, times, sent, answer) => {
    expect(heap(times, sent, answer)).toBeLessThan(36 * MB);
  });
});
