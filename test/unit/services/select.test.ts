import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type SelectOptions, selectProvider } from '../../../src/services/select.ts';
import { noRedis, redisProgram, titledRedis } from '../../support/redis.ts';
import { type Scratch, scratch } from './scratch.ts';

const WITHOUT_DOCKER = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
const URL_OF_MINE = 'postgres://me:secret@db.example/x';

async function select(
  place: Scratch,
  options: Partial<SelectOptions>,
  platform = process.platform,
) {
  return selectProvider({
    kind: 'auto',
    urls: {},
    services: { postgres: { version: '17', variable: 'DATABASE_URL' } },
    host: {
      env: { ...process.env, ...WITHOUT_DOCKER },
      platform,
      arch: process.arch,
      isRoot: process.getuid?.() === 0,
      directories: { cache: place.cache, runs: place.directory, state: '', package: '' },
    },
    run: await place.newRun(),
    isDead: async () => false,
    ...options,
  });
}

test('runs Postgres on this machine where no engine answers', async () => {
  await using place = await scratch();
  const { provider, why } = await select(place, {});
  expect(provider.kind).toBe('local');
  expect(why).toBe(
    "Postgres runs from npm's binaries on this machine: no Docker engine answers " +
      '(DOCKER_HOST says /nowhere/docker.sock: it is not there).',
  );
});

test('takes the server that the user names', async () => {
  await using place = await scratch();
  const { provider, why } = await select(place, { urls: { postgres: URL_OF_MINE } });
  expect(provider.kind).toBe('external');
  expect(why).toBe('Postgres is yours: postgres://me:***@db.example/x.');
});

test.each([
  [{ kind: 'docker' }, 'environment', 'No Docker engine answers: DOCKER_HOST says'],
  [{ kind: 'external' }, 'usage', '--provider external needs to know where'],
  [{ kind: 'local', urls: { postgres: URL_OF_MINE } }, 'usage', '--provider local starts one'],
  [{ kind: 'external', urls: { postgres: 'x' } }, 'usage', 'it is no postgres:// URL'],
] as const)('refuses %j', async (options, kind, message) => {
  await using place = await scratch();
  await expect(select(place, options)).rejects.toMatchObject({
    kind,
    message: expect.stringContaining(message),
  });
});

test.each(['auto', 'local'] as const)('says that a platform has no binaries (%s)', async (kind) => {
  await using place = await scratch();
  await expect(select(place, { kind }, 'sunos')).rejects.toMatchObject({
    kind: 'environment',
    message: expect.stringContaining('npm installed no Postgres for sunos-'),
    hint: expect.stringContaining('labs doctor'),
  });
});

const BOTH = {
  postgres: { version: '17', variable: 'DATABASE_URL' },
  redis: { version: '7', variable: 'REDIS_URL' },
};

test.skipIf(noRedis !== undefined)(titledRedis('runs both on this machine'), async () => {
  await using place = await scratch();
  const { why } = await select(place, { kind: 'local', services: BOTH });
  expect(why).toBe(
    `Postgres runs from npm's binaries, Redis from ${redisProgram.file} on this machine: as you chose.`,
  );
  const { redis } = BOTH;
  const alone = await select(place, { kind: 'local', services: { redis } }, 'sunos');
  expect(alone.why).toBe(`Redis runs from ${redisProgram.file} on this machine: as you chose.`);
});

test.each([
  [
    process.platform,
    /^There is nowhere to run Redis: no Docker engine answers \(.*\), and neither redis-server nor valkey-server on PATH runs\.$/,
  ],
  [
    'sunos',
    /^There is nowhere to run Postgres and Redis: .*, and npm installed no Postgres for sunos-\w+, and neither redis-server/,
  ],
] as const)('says what is missing of two services (%s)', async (platform, message) => {
  await using place = await scratch();
  const host = {
    env: { ...WITHOUT_DOCKER, PATH: '/nowhere' },
    platform,
    arch: process.arch,
    isRoot: false,
    directories: { cache: place.cache, runs: place.directory, state: '', package: '' },
  };
  await expect(select(place, { services: BOTH, host })).rejects.toMatchObject({
    kind: 'environment',
    message: expect.stringMatching(message),
    hint: expect.stringContaining('--service redis=redis://user:password@host:port'),
  });
});

test('takes servers of the user’s for all that the lab needs, or for nothing', async () => {
  await using place = await scratch();
  const redis = 'redis://:secret@db.example:7/3';
  const { why } = await select(place, { services: BOTH, urls: { postgres: URL_OF_MINE, redis } });
  expect(why).toContain('Postgres is yours: postgres://me:***@db.example/x. Redis is yours: ');
  expect(why).toContain('redis://:***@db.example:7/3');
  expect(why).toContain('an app that heeds no number in its URL works in database 0');
  const { urls, services } = { urls: { postgres: URL_OF_MINE }, services: BOTH };
  await expect(select(place, { services, urls })).rejects.toMatchObject({
    kind: 'usage',
    message: '--service names Postgres, and this lab needs Redis too.',
    hint: 'Add --service redis=redis://user:password@host:port; beside yours, none is started.',
  });
  await expect(select(place, { services: { redis: BOTH.redis }, urls })).rejects.toMatchObject({
    message: '--service names Postgres, and this lab needs Redis.',
  });
  await expect(select(place, { kind: 'external', services })).rejects.toMatchObject({
    kind: 'usage',
    message: '--provider external needs to know where Postgres and Redis are.',
  });
});

test('loads no Docker library to find out', async () => {
  await using place = await scratch();
  const program = fileURLToPath(new URL('programs/select-loads.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, place.directory], {
    env: WITHOUT_DOCKER,
  });
  expect(JSON.parse(stdout)).toEqual([]);
});
