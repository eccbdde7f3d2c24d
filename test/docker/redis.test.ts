import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { OwnContext } from '../../src/kit/index.ts';
import { commandLines, defineStage } from '../../src/kit/index.ts';
import { isOwnerAlive, type RunOwner } from '../../src/platform/run-directory.ts';
import { createDockerProvider } from '../../src/services/docker/provider.ts';
import { createExternalProvider } from '../../src/services/external/provider.ts';
import type { RedisLogin } from '../../src/services/port.ts';
import { waitForRedis } from '../../src/services/redis/connection.ts';
import { scratch } from '../support/cli.ts';
import { type CounterRun, check, gradeCounter } from '../support/counter-lab.ts';
import { engine, noEngine, titled } from './services/engine-of-this-machine.ts';

const place = scratch('redis');
const runs = path.join(place.path, 'runs');
/** Made here, so that a server of the user's is really another's. */
const external = `labs-test-redis-${process.pid}`;
const docker = (...args: string[]) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
const isDead = async (owner: RunOwner) => !(await isOwnerAlive(owner));

const stages = ['one', 'two'].map((id) =>
  defineStage({
    id,
    title: id,
    world: 'own',
    checks: [
      check<OwnContext>(`${id}-counts`, async ({ http, redis }) => {
        for (let hits = 1; hits <= 3; hits += 1)
          expect((await http.to(`web.${1 + (hits % 2)}`).post('/hits')).json.hits).toBe(hits);
        expect(commandLines(redis.of('web.1').commands())).toEqual(['INCR hits', 'EXPIRE hits 60']);
        redis.cut();
        expect((await http.post('/hits')).status).toBe(503);
        await redis.restore();
        expect(await redis.keys()).toEqual(['hits']);
        await redis.flush();
        expect(await redis.command('EXISTS', 'hits')).toBe(0);
      }),
      check<OwnContext>(`${id}-crashes`, async ({ http, redis }) => {
        await http.post('/hits');
        await redis.server.kill();
        for (const each of ['web.1', 'web.2'])
          expect((await http.to(each).post('/hits')).status).toBe(503);
        await redis.server.start();
        expect(await redis.command('GET', 'hits')).toBe('1');
        await expect.poll(async () => (await http.post('/hits')).json.hits).toBeGreaterThan(1);
      }),
    ],
  }),
);

async function grade(provider: CounterRun['provider']) {
  const grader = { env: { WINDOW: '60' }, instances: { web: 2 }, stages };
  const services = { redis: { version: '7', variable: 'REDIS_URL', durable: true } };
  const { report, run } = await gradeCounter({ grader, services, runs, provider });
  expect(report.notes).toEqual([]);
  expect(docker('ps', '-aq', '--filter', `label=labs.run=${run.id}`)).toBe('');
  expect(readdirSync(runs)).toEqual([]);
  return report.checks.filter(({ verdict }) => verdict !== 'passed');
}

describe.skipIf(noEngine !== undefined)(titled('a lab on Redis'), () => {
  afterAll(() => {
    docker('rm', '-f', '-v', external);
    place.remove();
  });

  it('is graded with Redis in containers, of which nothing is left', async () => {
    expect(await grade((run) => createDockerProvider({ engine, run, isDead }))).toEqual([]);
  });

  it('is graded with a Redis of the user’s, which is then as it was', async () => {
    const server = ['redis-server', '--requirepass', 'secret', '--save', ''];
    docker('run', '-d', '--name', external, '-p', '127.0.0.1::6379', 'redis:7-alpine', ...server);
    const [address = ''] = docker('port', external, '6379/tcp').split('\n');
    const [host = '', port = ''] = address.split(':');
    const login: RedisLogin = {
      address: { host, port: Number(port) },
      user: undefined,
      password: 'secret',
      number: 0,
    };
    const ended = new Promise<never>(() => {});
    await waitForRedis(login, { signal: AbortSignal.timeout(30_000), timeoutMs: 30_000, ended });
    const others = await grade((run) =>
      createExternalProvider({ urls: { redis: `redis://:secret@${address}` }, run, isDead }),
    );
    const skipped = 'needs a Redis that labs starts itself, not one of yours';
    expect(others).toMatchObject(
      ['one', 'two'].map((id) => ({ id: `${id}-crashes`, verdict: 'skipped', skipped })),
    );
    const cli = (...args: string[]) =>
      docker('exec', external, 'redis-cli', '--no-auth-warning', '-a', 'secret', ...args);
    expect(cli('INFO', 'keyspace')).toBe('# Keyspace');
    expect(cli('ACL', 'USERS')).toBe('default');
  });
});
