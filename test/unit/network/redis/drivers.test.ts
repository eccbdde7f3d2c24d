import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningProxy, startProxy } from '../../../../src/network/proxy.ts';
import { isHousekeeping } from '../../../../src/network/redis/classify.ts';
import { type RedisTap, redisTap } from '../../../../src/network/redis/tap.ts';
import { brief } from './conversation.ts';
import { noRedis, RawRedis, type RedisServer, startRedis, titled } from './redis-server.ts';

describe.skipIf(noRedis)(titled('drivers'), () => {
  let server: RedisServer;
  let proxy: RunningProxy;
  let tap: RedisTap;
  let connections: { close(): unknown }[];

  beforeAll(async () => {
    server = await startRedis();
  });

  afterAll(() => server?.stop());

  beforeEach(async () => {
    connections = [];
    const monitor = await RawRedis.connect(server);
    monitor.lines('FLUSHALL', 'MONITOR');
    await monitor.until('+OK\r\n+OK\r\n');
    connections.push(monitor);
    const { factory, tap: watching } = redisTap();
    tap = watching;
    proxy = await startProxy({ name: 'redis', upstream: server, tap: factory });
    truth = async () => {
      const other = await RawRedis.connect(server);
      other.lines('ECHO the-end');
      const heard = await monitor.until('"the-end"\r\n');
      other.close();
      const told = [...heard.matchAll(/^\+[\d.]+ \[\d+ (\S+)\] "([^"]*)"/gm)];
      return told
        .filter(([, from]) => from !== 'lua')
        .map(([, , name]) => (name as string).toUpperCase())
        .slice(0, -1);
    };
  });

  /** The first words of the commands that the server has run since the test began, as its MONITOR tells. */
  let truth: () => Promise<string[]>;

  afterEach(async () => {
    for (const connection of connections) await connection.close();
    await proxy.close();
    expect(tap.opaqueSince(0)).toEqual([]);
  });

  function ioredis(): Redis {
    const client = new Redis({ host: proxy.host, port: proxy.port });
    client.on('error', () => {});
    connections.push({ close: () => client.disconnect() });
    return client;
  }

  async function nodeRedis(RESP: 2 | 3, options: object = {}) {
    const socket = { host: proxy.host, port: proxy.port };
    const client = createClient({ socket, RESP, ...options } as { RESP: 3 });
    client.on('error', () => {});
    await client.connect();
    connections.push({ close: () => client.isOpen && client.destroy() });
    return client;
  }

  const own = () => tap.commands().filter((record) => !isHousekeeping(record));
  const briefs = () => own().map(brief);
  /** Without what this server is too old for, of which its MONITOR says nothing. */
  const ran = () => {
    const records = tap.commands().filter(({ error }) => !error?.startsWith('ERR unknown'));
    return records.map(({ name }) => name.split(' ', 1)[0] as string);
  };

  test('ioredis: a pipeline of 1,000 and parallel commands are counted as the server counts', async () => {
    const client = ioredis();
    const pipeline = client.pipeline();
    for (let n = 0; n < 1_000; n++) pipeline.set(`k${n}`, n);
    await pipeline.exec();
    const all = await Promise.all(Array.from({ length: 500 }, (_, n) => client.get(`k${n}`)));
    expect(all[499]).toBe('499');
    await client.quit();
    expect(tap.pending()).toEqual([]);
    expect(own()).toHaveLength(1_500);
    expect(ran().toSorted()).toEqual((await truth()).toSorted());
  });

  test('ioredis: transactions, a watched key, errors', async () => {
    const [client, other] = [ioredis(), ioredis()];
    await client.multi().set('a', 1).incr('a').lpush('a', 'x').exec();
    await client.watch('a');
    await other.set('a', 5);
    expect(await client.multi().set('a', 9).exec()).toBeNull();
    await expect(client.lpush('a', 'x')).rejects.toThrow('WRONGTYPE');
    const wrong = 'WRONGTYPE Operation against a key holding the wrong kind of value';
    expect(briefs()).toEqual([
      'MULTI',
      'SET a 1 (in transaction)',
      'INCR a (in transaction)',
      `LPUSH a x (in transaction): ${wrong}`,
      'EXEC',
      'WATCH a',
      'SET a 5',
      'MULTI',
      'EXEC (aborted)',
      `LPUSH a x: ${wrong}`,
    ]);
  });

  test('ioredis: a script goes by its hash, and is sent where the server has none', async () => {
    const client = ioredis();
    client.defineCommand('take', { numberOfKeys: 1, lua: "return redis.call('INCR', KEYS[1])" });
    const take = (client as unknown as { take(key: string): Promise<number> }).take.bind(client);
    await take('budget');
    await client.script('FLUSH');
    expect(await take('budget')).toBe(2);
    await client.eval("return redis.call('SET', KEYS[1], 'x')", 1, 'other');
    const seen = own().map(({ name, keys, error }) => [name, keys, error?.split(' ')[0]]);
    expect(seen).toEqual([
      ['EVAL', ['budget'], undefined],
      ['EVALSHA', ['budget'], 'NOSCRIPT'],
      ['EVAL', ['budget'], undefined],
      ['EVAL', ['other'], undefined],
    ]);
    const told = (await truth()).filter((name) => name.startsWith('EVAL'));
    expect(told).toEqual(own().map(({ name }) => name));
  });

  test('ioredis: subscriber and blocking pop, with others at work', async () => {
    const [subscriber, worker, client] = [ioredis(), ioredis(), ioredis()];
    await subscriber.subscribe('news', 'more');
    const heard = new Promise((resolve) => subscriber.on('message', (_, text) => resolve(text)));
    const popped = worker.blpop('jobs', 0);
    await tap.waitFor(({ name }) => name === 'BLPOP', { timeoutMs: 5_000 });
    await client.publish('news', 'hello');
    expect(await heard).toBe('hello');
    await client.rpush('jobs', 'one');
    expect(await popped).toEqual(['jobs', 'one']);
    await subscriber.unsubscribe();
    await subscriber.get('jobs');
    expect(own().map(({ name }) => name)).toEqual([
      'SUBSCRIBE',
      'PUBLISH',
      ...(own()[2]?.name === 'BLPOP' ? ['BLPOP', 'RPUSH'] : ['RPUSH', 'BLPOP']),
      'UNSUBSCRIBE',
      'GET',
    ]);
  });

  test('ioredis: binary and big values', async () => {
    const client = ioredis();
    const key = Buffer.from([0, 200, 255, 13, 10]);
    await client.set(key, Buffer.alloc(10_000_000, 1));
    expect((await client.getBuffer(key))?.length).toBe(10_000_000);
    expect(own().map(({ keys }) => keys)).toEqual([
      [key.toString('latin1')],
      [key.toString('latin1')],
    ]);
  });

  test.each([2, 3] as const)(
    'redis, RESP%i: a pipeline of 1,000 is counted as the server counts',
    async (RESP) => {
      const client = await nodeRedis(RESP);
      await Promise.all(Array.from({ length: 1_000 }, (_, n) => client.set(`k${n}`, n)));
      expect(await client.hGetAll('none')).toEqual({});
      await client.close();
      expect(own()).toHaveLength(1_001);
      expect(ran().toSorted()).toEqual((await truth()).toSorted());
    },
  );

  test.each([2, 3] as const)(
    'redis, RESP%i: transactions, scripts, subscriptions',
    async (RESP) => {
      const client = await nodeRedis(RESP);
      const subscriber = await nodeRedis(RESP);
      await client.multi().set('a', '1').incr('a').exec();
      await client.watch('a');
      await subscriber.set('a', '7');
      await expect(client.multi().set('a', '9').exec()).rejects.toThrow('watched keys');
      await client.eval('return 1', { keys: ['k'], arguments: ['x'] });
      const heard = new Promise((resolve) => void subscriber.subscribe('news', resolve));
      await tap.waitForAnswer(({ name }) => name === 'SUBSCRIBE', { timeoutMs: 5_000, since: 0 });
      await client.publish('news', 'hello');
      expect(await heard).toBe('hello');
      await subscriber.pSubscribe('n*', () => {});
      await subscriber.unsubscribe('news');
      await subscriber.pUnsubscribe('n*');
      expect(String(await subscriber.get('a'))).toBe('7');
      expect(briefs()).toEqual([
        'MULTI',
        'SET a 1 (in transaction)',
        'INCR a (in transaction)',
        'EXEC',
        'WATCH a',
        'SET a 7',
        'MULTI',
        'EXEC (aborted)',
        'EVAL return 1 1 k x',
        'SUBSCRIBE news',
        'PUBLISH news hello',
        'PSUBSCRIBE n*',
        'UNSUBSCRIBE news',
        'PUNSUBSCRIBE n*',
        'GET a',
      ]);
    },
  );

  test('redis: client-side caching asks once', async () => {
    const client = await nodeRedis(3, { clientSideCache: { ttl: 0, maxEntries: 0 } });
    const other = ioredis();
    await other.set('a', '1');
    expect([await client.get('a'), await client.get('a')]).toEqual(['1', '1']);
    await other.set('a', '2');
    await expect.poll(() => client.get('a')).toBe('2');
    expect(briefs()).toEqual(['SET a 1', 'GET a', 'SET a 2', 'GET a']);
  });
});
