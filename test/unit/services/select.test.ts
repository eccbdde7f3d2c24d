import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { type SelectOptions, selectProvider } from '../../../src/services/select.ts';
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
    host: {
      env: WITHOUT_DOCKER,
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

test('loads no Docker library to find out', async () => {
  await using place = await scratch();
  const program = fileURLToPath(new URL('programs/select-loads.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, place.directory], {
    env: WITHOUT_DOCKER,
  });
  expect(JSON.parse(stdout)).toEqual([]);
});
