import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startProxy } from '../../../../src/network/proxy.ts';
import { redisTap } from '../../../../src/network/redis/tap.ts';
import type { TapFactory } from '../../../../src/network/tap.ts';
import { byteByByte, rechunk, replay, type Said } from './conversation.ts';
import {
  command,
  noRedis,
  RawRedis,
  type RedisServer,
  startRedis,
  titled,
} from './redis-server.ts';

const COMMANDS = [
  'SET a 1',
  'SET message {big}',
  'GET a',
  'GET message',
  'INCR a',
  'INCR l',
  'RPUSH l message a b',
  'LRANGE l 0 -1',
  'HSET h f 1',
  'HGETALL h',
  'DEL a l',
  'BLPOP l 0.01',
  'BLPOP none 0.01',
  'NOSUCH a',
  'GET',
  'EVAL {script} 1 a',
  'EVAL {broken} 0',
  'SELECT 1',
  'SELECT 0',
  'SELECT 99',
  'HELLO 3',
  'HELLO 3',
  'HELLO 2',
  'PING',
  'MULTI',
  'MULTI',
  'EXEC',
  'EXEC',
  'EXEC',
  'DISCARD',
  'WATCH a',
  'UNWATCH',
  'SUBSCRIBE a b a',
  'UNSUBSCRIBE',
  'PSUBSCRIBE a*',
  'PUNSUBSCRIBE',
  'SSUBSCRIBE s',
  'SUNSUBSCRIBE s t',
  'PUBLISH a hi',
  'CLIENT TRACKING ON',
  'CLIENT TRACKING OFF',
  'CLIENT ID',
  'RESET',
  'MONITOR',
];

/** With them, not all that happens is told. */
const SILENCE = ['CLIENT REPLY SKIP', 'CLIENT REPLY OFF', 'CLIENT REPLY ON'];

const WORDS: Readonly<Record<string, string>> = {
  '{big}': 'x'.repeat(3_000),
  '{script}': "return {1, {'subscribe', 'a', 1}, {}, {ok = 'QUEUED'}, false}",
  '{broken}': "return redis.error_reply('MY own')",
};

interface Recording {
  readonly said: readonly Said[];
  /** What a tap saw at the time. */
  readonly live: ReturnType<typeof replay>;
  /** How often each command was run or refused, as the server counts. */
  readonly counted: Readonly<Record<string, number>>;
}

describe.skipIf(noRedis)(titled('random conversations'), () => {
  let server: RedisServer;
  let direct: RawRedis;

  beforeAll(async () => {
    server = await startRedis();
    direct = await RawRedis.connect(server);
  });

  afterAll(async () => {
    direct?.close();
    await server?.stop();
  });

  async function record(seed: number, commands: readonly string[]): Promise<Recording> {
    const random = numbers(seed);
    direct.lines('FLUSHALL', 'CONFIG RESETSTAT');
    await direct.until('+OK\r\n+OK\r\n');
    const said: Said[] = [];
    const { factory, tap } = redisTap({ clock: () => 0 });
    const both: TapFactory = {
      open(connection) {
        const live = factory.open(connection);
        return {
          fromClient(chunk) {
            said.push({ by: 'client', bytes: Buffer.from(chunk) });
            live.fromClient(chunk);
          },
          fromUpstream(chunk) {
            said.push({ by: 'server', bytes: Buffer.from(chunk) });
            live.fromUpstream(chunk);
          },
          ended: (cause) => live.ended(cause),
        };
      },
    };
    const proxy = await startProxy({ name: 'recorder', upstream: server, tap: both });
    const client = await RawRedis.connect(proxy);
    for (let left = 80; left > 0; ) {
      const group = Array.from({ length: 1 + random(left < 20 ? left : 20) }, () =>
        anyCommand(commands, random),
      );
      left -= group.length;
      client.socket.write(Buffer.concat(group));
      await new Promise((resolve) => setTimeout(resolve, random(3)));
    }
    // Whatever came before, this is answered.
    client.lines('RESET', 'ECHO end');
    await client.until('$3\r\nend\r\n');
    direct.lines('INFO commandstats', 'ECHO told');
    const stats = await direct.until('$4\r\ntold\r\n');
    client.close();
    await proxy.close();
    const counted = stats.matchAll(/cmdstat_(\S+?):calls=(\d+).*rejected_calls=(\d+)/g);
    return {
      said,
      live: {
        records: tap.commands().map(({ startedAt, durationMs, ...record }) => record),
        pending: tap.pending().map(({ name }) => name),
        opaque: tap.opaqueSince(0),
      },
      counted: Object.fromEntries(
        [...counted]
          .map(([, name, calls, rejected]) => [name, Number(calls) + Number(rejected)] as const)
          .filter(([name]) => name !== 'config|resetstat' && name !== 'info'),
      ),
    };
  }

  async function recordAndReplay(seed: number, commands: readonly string[]): Promise<Recording> {
    const recording = await record(seed, commands);
    const random = numbers(seed);
    for (let round = 0; round < 5; round++) {
      const cut = rechunk(recording.said, () => 1 + random(200));
      expect(replay(cut), `seed ${seed}`).toEqual(recording.live);
    }
    expect(replay(byteByByte(recording.said)), `seed ${seed}`).toEqual(recording.live);
    expect(recording.live.pending).toEqual([]);
    return recording;
  }

  test('are read the same however they are cut, and counted as the server counts', async () => {
    for (let seed = 1; seed <= 30; seed++) {
      const { live, counted } = await recordAndReplay(seed, COMMANDS);
      if (live.opaque.some(({ reason }) => reason.includes('no telling'))) continue;
      expect(live.opaque, `seed ${seed}`).toEqual([]);
      expect(tally(live.records), `seed ${seed}`).toEqual(counted);
    }
  });

  test('are read the same where answers are suppressed, or are opaque', async () => {
    for (let seed = 1; seed <= 20; seed++) await recordAndReplay(seed, [...COMMANDS, ...SILENCE]);
  });
});

function tally(records: ReturnType<typeof replay>['records']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, error } of records) {
    if (error?.startsWith('ERR unknown')) continue;
    const key = name.toLowerCase().replace(' ', '|');
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

function anyCommand(commands: readonly string[], random: (below: number) => number): Buffer {
  const line = commands[random(commands.length)] as string;
  if (random(5) === 0 && !line.includes('{')) return Buffer.from(`${line}\r\n`);
  return command(...line.split(' ').map((word) => WORDS[word] ?? word));
}

function numbers(seed: number): (below: number) => number {
  const generator = xoroshiro128plus(seed);
  return (below) => uniformInt(generator, 0, below - 1);
}
