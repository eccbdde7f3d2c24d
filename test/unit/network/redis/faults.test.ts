import { Redis } from 'ioredis';
import { createClient } from 'redis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type RunningProxy, startProxy } from '../../../../src/network/proxy.ts';
import { CONNECTION_LOST } from '../../../../src/network/redis/command.ts';
import { type RedisTap, redisTap } from '../../../../src/network/redis/tap.ts';
import { noRedis, RawRedis, type RedisServer, startRedis, titled } from './redis-server.ts';

interface Driver {
  incr(key: string): Promise<unknown>;
  close(): void;
}

const DRIVERS: Record<string, (to: { host: string; port: number }) => Promise<Driver>> = {
  async ioredis(to) {
    const options = { ...to, maxRetriesPerRequest: 0, enableOfflineQueue: false };
    const client = new Redis({ ...options, retryStrategy: () => 20, lazyConnect: true });
    client.on('error', () => {});
    await client.connect();
    return { incr: (key) => client.incr(key), close: () => client.disconnect() };
  },
  async redis(to) {
    const socket = { ...to, reconnectStrategy: () => 20 };
    const client = createClient({ socket, RESP: 3, disableOfflineQueue: true });
    client.on('error', () => {});
    await client.connect();
    return { incr: (key) => client.incr(key), close: () => client.destroy() };
  },
};

describe.skipIf(noRedis).each(Object.keys(DRIVERS))(titled('faults under %s'), (name) => {
  let server: RedisServer;
  let direct: RawRedis;
  let proxy: RunningProxy;
  let tap: RedisTap;
  let driver: Driver;

  beforeAll(async () => {
    server = await startRedis();
    direct = await RawRedis.connect(server);
  });

  afterAll(async () => {
    direct?.close();
    await server?.stop();
  });

  beforeEach(async () => {
    direct.lines('FLUSHALL', 'CONFIG RESETSTAT');
    await direct.until('+OK\r\n+OK\r\n');
    const { factory, tap: watching } = redisTap();
    tap = watching;
    proxy = await startProxy({ name: 'redis', upstream: server, tap: factory });
    driver = await (DRIVERS[name] as (typeof DRIVERS)[string])(proxy);
    await driver.incr('n');
  });

  afterEach(async () => {
    driver.close();
    await proxy.close();
    expect(tap.opaqueSince(0)).toEqual([]);
    expect(tap.pending()).toEqual([]);
  });

  const isIncr = ({ name }: { name: string }) => name === 'INCR';

  /** How many of INCR were answered, and how many lost; and how many the server has run. */
  async function counts() {
    const records = tap.commands().filter(isIncr);
    const lost = records.filter(({ error }) => error === CONNECTION_LOST).length;
    direct.lines('INFO commandstats', 'ECHO end');
    const told = /cmdstat_incr:calls=(\d+)/.exec(await direct.until('$3\r\nend\r\n'))?.[1];
    return { answered: records.length - lost, lost, ran: Number(told) };
  }

  /** Tries until it comes through: the driver connects again. */
  const recover = () => expect.poll(() => driver.incr('n').catch(() => 'no')).not.toBe('no');

  test('cut: what was refused was never sent', async () => {
    proxy.faults.cut();
    await expect(driver.incr('n')).rejects.toThrow();
    await proxy.faults.restore();
    await recover();
    expect(await counts()).toEqual({ answered: 2, lost: 0, ran: 2 });
  });

  test('refuse: an open connection lives on', async () => {
    proxy.faults.refuse();
    await driver.incr('n');
    proxy.faults.reset();
    await expect.poll(() => driver.incr('n').catch(() => 'no')).toBe('no');
    await proxy.faults.restore();
    await recover();
    const { answered, lost, ran } = await counts();
    expect([answered, ran]).toEqual([3, 3]);
    // Sent into a connection that was being reset, or not sent at all.
    expect(lost).toBeLessThanOrEqual(1);
  });

  test('delay: answers come late, and are told from their commands', async () => {
    proxy.faults.delay(30);
    await Promise.all(Array.from({ length: 10 }, () => driver.incr('n')));
    await proxy.faults.restore();
    await driver.incr('n');
    expect(await counts()).toEqual({ answered: 12, lost: 0, ran: 12 });
  });

  test('blackhole: what was sent into it is lost, and has not run', async () => {
    proxy.faults.blackhole();
    const hanging = [driver.incr('n'), driver.incr('n')].map((sent) => sent.catch(() => 'no'));
    await tap.waitFor(isIncr, { timeoutMs: 5_000 });
    await expect.poll(() => tap.pending().filter(isIncr).length).toBe(2);
    await proxy.faults.restore();
    expect(await Promise.all(hanging)).toEqual(['no', 'no']);
    await recover();
    expect(await counts()).toEqual({ answered: 2, lost: 2, ran: 2 });
  });
});
