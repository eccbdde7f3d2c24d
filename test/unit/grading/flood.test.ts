import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OwnContext } from '../../../src/kit/context.ts';
import type { RedisLink } from '../../../src/kit/redis-probe.ts';
import { type RunningProxy, startProxy } from '../../../src/network/proxy.ts';
import { type RedisTap, redisTap } from '../../../src/network/redis/tap.ts';
import {
  noRedis,
  RawRedis,
  type RedisServer,
  startRedis,
  titled,
} from '../network/redis/redis-server.ts';
import { check, fakeWorld, own, run } from './fakes.ts';

const MOST = 50;

const gets = (count: number) => Array<string>(count).fill('GET a');

describe.skipIf(noRedis)(titled('an app that sends more commands than are kept'), () => {
  let server: RedisServer;
  let proxy: RunningProxy;
  let tap: RedisTap;
  let app: RawRedis;

  beforeAll(async () => {
    server = await startRedis();
  });
  afterAll(() => server?.stop());

  beforeEach(async () => {
    const { factory, tap: watching } = redisTap({ most: MOST });
    tap = watching;
    proxy = await startProxy({ name: 'redis', upstream: server, tap: factory });
    app = await RawRedis.connect(proxy);
  });
  afterEach(async () => {
    app.close();
    await proxy.close();
  });

  async function say(...lines: string[]): Promise<void> {
    app.lines(...lines, 'ECHO end.');
    await app.until('end.\r\n');
  }

  async function flood(): Promise<void> {
    for (let i = 0; i < 5; i += 1) await say(...gets(MOST - 1));
  }

  const grade = (...checks: [string, (context: OwnContext) => Promise<unknown>][]) => {
    const made = checks.map(([id, work]) =>
      check<OwnContext>(id, async (context) => void (await work(context))),
    );
    const links: RedisLink[] = [{ process: 'web.1', tap, faults: proxy.faults }];
    const world = { ...fakeWorld('own'), redisLinks: () => links };
    return run([own('own', ...made)], { ownWorld: async () => world });
  };

  it('fails every check that reads what it sent, and tells why', async () => {
    const { of } = await grade(
      ['reads-all', ({ redis }) => flood().then(() => redis.commands())],
      ['reads-what-an-action-causes', ({ redis }) => redis.during(flood)],
      ['reads-of-one-process', ({ redis }) => flood().then(() => redis.of('web.1').commands())],
    );
    const told = {
      verdict: 'failed',
      failure: {
        expected: 'web.1 to send Redis no more than labs keeps on record of a check',
        actual: 'more than 50 commands',
        evidence: [{ kind: 'statements', statements: [...gets(5), 'ECHO end.'] }],
        hint: expect.stringContaining('a loop that asks Redis without a pause'),
      },
    };
    expect(of('reads-all')).toMatchObject(told);
    expect(of('reads-what-an-action-causes')).toMatchObject(told);
    expect(of('reads-of-one-process')).toMatchObject(told);
  });

  it('fails none that does not read it, and none that looks for a command that comes', async () => {
    const looks = async ({ redis }: OwnContext) => {
      await flood();
      const seen = redis.seen(/^SET b/, { withinMs: 5_000, what: 'a SET' });
      await say('SET b 1');
      await seen;
    };
    const { of } = await grade(['does-not-read', flood], ['looks', looks]);
    expect([of('does-not-read').verdict, of('looks').verdict]).toEqual(['passed', 'passed']);
  });

  it('is told of so many that no answer was waited for, where a command is looked for', async () => {
    const looks = async ({ redis }: OwnContext) => {
      await Promise.all([
        redis.seen(/^SET b/, { withinMs: 500, what: 'a SET' }),
        say('BLPOP nothing 0.1', ...gets(MOST), 'SET b 1'),
      ]);
    };
    const { of } = await grade(['looks', looks]);
    expect(of('looks')).toMatchObject({
      verdict: 'failed',
      failure: { actual: 'more than 50 commands before their answers', evidence: [] },
    });
  });

  it('has a clean sheet with each check, and nothing is kept between them', async () => {
    const { of } = await grade(
      ['floods', flood],
      [
        'reads',
        async ({ redis }) => {
          await say('GET b');
          expect(redis.commands().map(({ args }) => args)).toEqual([['b']]);
        },
      ],
    );
    expect(of('reads').verdict).toBe('passed');
    await say('GET c');
    expect(tap.commands()).toEqual([]);
  });
});
