import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Report } from '../../../src/core/report.ts';
import {
  type Check,
  commandLines,
  defineStage,
  expect as demand,
  eventually,
  type OwnContext,
  type SharedContext,
} from '../../../src/kit/index.ts';
import { signalProcess } from '../../../src/platform/process-table.ts';
import type { RunDirectory } from '../../../src/platform/run-directory.ts';
import { createLocalProvider } from '../../../src/services/local/provider.ts';
import { type CounterRun, check, gradeCounter } from '../../support/counter-lab.ts';
import { leftovers } from '../../support/postgres.ts';
import { noRedis, redisProgram, titledRedis } from '../../support/redis.ts';

const runs = mkdtempSync(path.join(tmpdir(), 'labs-redis-'));
afterAll(() => rm(runs, { recursive: true, force: true }));

const provider = (run: RunDirectory) =>
  createLocalProvider({
    redis: redisProgram,
    platform: process.platform,
    directories: { cache: runs },
    run,
    isRoot: process.getuid?.() === 0,
  });

/** Grades with these checks, in an own world of two instances. */
async function own(...checks: [string, (context: OwnContext) => Promise<void>][]) {
  const stage = defineStage({
    id: 'own',
    title: 'Own',
    world: 'own',
    checks: checks.map(([id, run]) => check(id, run)),
  });
  return grade([stage]);
}

const window = { env: { WINDOW: '60' }, instances: { web: 2 } };

async function grade(stages: Parameters<typeof gradeCounter>[0]['grader']['stages']) {
  const { report, run } = await gradeCounter({ grader: { ...window, stages }, runs, provider });
  expect(await leftovers(run)).toEqual([]);
  return report;
}

/** What went wrong, by check; empty where all passed. */
const problems = (report: Report) =>
  report.checks
    .filter(({ verdict }) => verdict !== 'passed')
    .map(({ id, verdict, failure, error }) => ({ id, verdict, failure, error }));

describe.skipIf(noRedis !== undefined)(titledRedis('a lab on Redis'), () => {
  it('has two instances in the shared world, which share it', async () => {
    const stage = defineStage({
      id: 'shared',
      title: 'Shared',
      world: 'shared',
      checks: [
        check<SharedContext>('shares', async ({ http, redis }) => {
          const one = await http.post('/hits');
          const two = await http.to('web.2').post('/hits');
          expect(two.json.pid).not.toBe(one.json.pid);
          expect([one.json.name, two.json.name]).toEqual(['web.1', 'web.2']);
          expect(two.json.hits).toBe(one.json.hits + 1);
          expect(await redis.command('GET', 'hits')).toBe(String(two.json.hits));
          expect(await redis.command('TTL', 'hits')).toBeGreaterThan(50);
          expect(await redis.keys('h*')).toEqual(['hits']);
          await redis.flush();
          expect(await redis.keys()).toEqual([]);
        }),
        check<SharedContext>('follows', async ({ http }) => {
          const location = (await http.to('web.2').get('/healthz')).requiredHeader('location');
          const followed = await http.get(location);
          expect(followed.exchange.instance).toBe('web.1');
          demand(followed).toHaveStatus(200);
        }),
        check<SharedContext>('tells-which', async ({ http }) => {
          demand(await http.to('web.2').get('/healthz', { note: 'again' })).toHaveStatus(201);
        }),
      ],
    });
    const report = await grade([stage]);
    expect(problems(report)).toEqual([
      expect.objectContaining({ id: 'tells-which', verdict: 'failed' }),
    ]);
    expect(report.checks[2]!.failure).toMatchObject({
      action: 'GET /healthz on web.2 (again)',
      evidence: expect.arrayContaining([
        { kind: 'exchange', exchange: expect.objectContaining({ instance: 'web.2' }) },
      ]),
    });
    expect(report.fingerprint.services).toEqual({ redis: redisProgram.version });
  });

  it('tells what went to Redis, and by which instance', async () => {
    const report = await own([
      'counts',
      async ({ http, redis, env }) => {
        expect(env['REDIS_URL']).toMatch(/^redis:\/\/default:\S+@127\.0\.0\.1:\d+\/0$/);
        const { commands } = await redis.during(() => http.to('web.2').post('/hits'));
        expect(commandLines(commands)).toEqual(['INCR hits', 'EXPIRE hits 60']);
        await http.post('/hits');
        expect(redis.commands()).toHaveLength(4);
        expect(redis.of('web.2').commands()).toHaveLength(2);
        expect(redis.of('web.1').commands()).toHaveLength(2);
        await redis.command('SET', 'past', 'the proxy');
        expect(redis.commands()).toHaveLength(4);
        expect(() => redis.of('web.3')).toThrow(/no process web\.3.*: web\.1, web\.2$/);
      },
    ]);
    expect(problems(report)).toEqual([]);
  });

  it('breaks the way of all, or of one', async () => {
    const report = await own(
      [
        'one',
        async ({ http, redis }) => {
          redis.of('web.2').cut();
          demand(await http.to('web.2').post('/hits')).toHaveStatus(503);
          demand(await http.post('/hits')).toHaveStatus(200);
        },
      ],
      [
        'all',
        async ({ http, redis }) => {
          // Mended before this check.
          await eventually(
            async () => demand(await http.to('web.2').post('/hits')).toHaveStatus(200),
            { withinMs: 15_000 },
          );
          redis.blackhole();
          const hung = http.post('/hits');
          await redis.seen(/^INCR hits$/, { withinMs: 15_000, what: 'the count' });
          demand(await hung).toHaveStatus(503);
          demand(await http.to('web.2').post('/hits')).toHaveStatus(503);
          expect(await redis.command('PING')).toBe('PONG');
        },
      ],
    );
    expect(problems(report)).toEqual([]);
  });

  it('gives each world a Redis of its own', async () => {
    const stages = ['a', 'b'].map((id) =>
      defineStage({
        id,
        title: id,
        world: 'own',
        instances: { web: 1 },
        checks: [
          check<OwnContext>(`${id}-counts`, async ({ http, redis, app }) => {
            for (let hits = 1; hits <= 5; hits += 1)
              expect((await http.post('/hits')).json.hits).toBe(hits);
            await redis.command('FLUSHALL');
            expect(app.processes.map(({ name }) => name)).toEqual(['web.1']);
            expect(() => http.to('web.2')).toThrow(/no process web\.2; it has web\.1/);
          }),
        ],
      }),
    );
    expect(problems(await grade(stages))).toEqual([]);
  });

  it('judges what the grader asks of it', async () => {
    const report = await own(
      [
        'type',
        async ({ http, redis }) => {
          await http.post('/hits');
          await redis.command('LPUSH', 'hits', 'x');
        },
      ],
      ['wrong', async ({ redis }) => redis.command('NOSUCH')],
    );
    expect(problems(report)).toMatchObject([
      { id: 'type', verdict: 'failed', failure: { actual: expect.stringMatching(/^WRONGTYPE/) } },
      { id: 'wrong', verdict: 'errored', error: { kind: 'bug' } },
    ]);
  });

  it('that the app keeps busy is the learner’s failure', async () => {
    const report = await own([
      'hangs',
      async ({ http, redis, env }) => {
        const { Redis } = await import('ioredis');
        const app = new Redis(env['REDIS_URL']!);
        app.on('error', () => {});
        app.eval('while true do end', 0).catch(() => {});
        await redis.seen(/^EVAL/, { withinMs: 15_000, what: 'the script' });
        try {
          demand(await http.post('/hits')).toHaveStatus(200);
        } finally {
          app.disconnect();
        }
      },
    ]);
    expect(problems(report)).toMatchObject([{ id: 'hangs', verdict: 'failed' }]);
  });

  it('that dies is not the learner’s failure', async () => {
    const report = await gradeCounter({
      grader: {
        ...window,
        stages: [
          defineStage({
            id: 'own',
            title: 'Own',
            world: 'own',
            checks: [
              check<OwnContext>('dies', async ({ http, redis }) => {
                const info = String(await redis.command('INFO', 'server'));
                signalProcess(Number(/process_id:(\d+)/.exec(info)![1]), 'SIGKILL');
                demand(await http.post('/hits')).toHaveStatus(200);
              }),
            ],
          }),
        ],
      },
      runs,
      provider,
    });
    expect(problems(report.report)).toMatchObject([
      {
        id: 'dies',
        verdict: 'errored',
        error: {
          kind: 'environment',
          message: expect.stringMatching(/^During the check, Redis went away: /),
        },
      },
    ]);
    expect(report.report.outcome).toBe('incomplete');
    expect(await leftovers(report.run)).toEqual([]);
  });

  describe('whose server a check kills', () => {
    const forgetful = { redis: { version: '7', variable: 'REDIS_URL' } };
    const durable = { redis: { ...forgetful.redis, durable: true } };
    const killing = (id: string, run: (context: OwnContext) => Promise<void>): Check<OwnContext> =>
      check(id, run);

    async function crashing(
      checks: readonly Check<OwnContext>[],
      services: NonNullable<CounterRun['services']> = durable,
    ) {
      const stages = [defineStage({ id: 'own', title: 'Own', world: 'own', checks })];
      const { report, run } = await gradeCounter({
        grader: { ...window, stages },
        services,
        runs,
        provider,
      });
      expect(await leftovers(run)).toEqual([]);
      return report;
    }

    const served = (http: OwnContext['http'], process: string) =>
      eventually(async () => demand(await http.to(process).post('/hits')).toHaveStatus(200), {
        withinMs: 15_000,
      });

    it('finds what it was told, behind the same proxies', async () => {
      const report = await crashing([
        killing('crashes', async ({ http, redis, env }) => {
          const { host, port } = portOf(env);
          for (const each of ['web.1', 'web.2']) await http.to(each).post('/hits');
          const idle = connect(port, host).on('error', () => {});
          await once(idle, 'connect');
          const broken = new Promise((resolve) => idle.once('close', resolve));
          const ids = async () => /run_id:(\w+)/.exec(await redis.command('INFO', 'server'))![1];
          const before = await ids();
          const { commands } = await redis.during(async () => {
            await redis.server.kill();
            await broken;
            await redis.server.kill();
            demand(await http.post('/hits')).toHaveStatus(503);
            demand(await http.to('web.2').post('/hits')).toHaveStatus(503);
            await expect(once(connect(port, host), 'connect')).rejects.toThrow('ECONNREFUSED');
          });
          expect(commandLines(commands)).toEqual([]);
          await redis.server.start();
          expect(await redis.command('GET', 'hits')).toBe('2');
          expect(await ids()).not.toBe(before);
          await redis.server.start();
          for (const each of ['web.1', 'web.2']) await served(http, each);
          expect(redis.of('web.2').commands().at(-1)?.name).toBe('EXPIRE');
          expect(Number(await redis.command('GET', 'hits'))).toBeGreaterThanOrEqual(4);
        }),
      ]);
      expect(problems(report)).toEqual([]);
    });

    it('finds nothing where data are not durable', async () => {
      const forgets = killing('forgets', async ({ http, redis }) => {
        await http.post('/hits');
        await redis.server.kill();
        await redis.server.start();
        expect(await redis.keys()).toEqual([]);
      });
      expect(problems(await crashing([forgets], forgetful))).toEqual([]);
    });

    it('is judged as it is, and mended before the next check', async () => {
      const report = await crashing([
        killing('leaves-it-dead', async ({ http, redis }) => {
          await http.post('/hits');
          redis.blackhole();
          await redis.server.kill();
          demand(await http.post('/hits')).toHaveStatus(200);
        }),
        killing('finds-it', async ({ http, redis }) => {
          expect(await redis.command('GET', 'hits')).toBe('1');
          for (const each of ['web.1', 'web.2']) await served(http, each);
        }),
        {
          ...killing('runs-out-of-time', async ({ redis, signal }) => {
            for (;;) {
              await redis.server.kill();
              await redis.server.start();
              signal.throwIfAborted();
            }
          }),
          timeoutMs: 300,
        },
        killing('finds-it-again', async ({ http, redis }) => {
          expect(Number(await redis.command('GET', 'hits'))).toBeGreaterThan(1);
          for (const each of ['web.1', 'web.2']) await served(http, each);
        }),
        killing('asks-the-dead', async ({ redis }) => {
          await redis.server.kill();
          await redis.command('PING');
        }),
      ]);
      expect(problems(report)).toMatchObject([
        { id: 'leaves-it-dead', verdict: 'failed', failure: { actual: expect.any(String) } },
        { id: 'runs-out-of-time', verdict: 'failed' },
        {
          id: 'asks-the-dead',
          verdict: 'errored',
          error: { kind: 'bug', message: expect.stringMatching(/^The check asks a Redis that/) },
        },
      ]);
    });
  });
});

function portOf(env: OwnContext['env']): { host: string; port: number } {
  const { hostname, port } = new URL(env['REDIS_URL']!);
  return { host: hostname, port: Number(port) };
}
