import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { errorCode } from '../../../src/core/errors.ts';
import { signalProcess } from '../../../src/platform/process-table.ts';
import { releaseSharedMemory } from '../../../src/platform/shared-memory.ts';
import { sharedMemory, sharedMemoryKey } from '../../support/leftovers.ts';
import { leftovers, startTestPostgres, testProvider } from '../../support/postgres.ts';
import { quiet, scratch } from './scratch.ts';

const linux = process.platform === 'linux';
const REQUEST = { version: '17', schema: 'CREATE TABLE t ()' };

test.each(['cold', 'warm'] as const)(
  'an abort leaves nothing, whenever it comes (%s cache)',
  async (kind) => {
    await using place = await scratch();
    if (kind === 'warm') {
      const first = (await testProvider(await place.newRun(), place.cache)).postgres(REQUEST);
      await first.setup(quiet());
      await first.teardown();
    }
    for (const afterMs of [0, 5, 20, 60, 120, 250, 500, 900]) {
      if (kind === 'cold') await rm(place.cache, { recursive: true, force: true });
      const run = await place.newRun();
      const resource = (await testProvider(run, place.cache)).postgres(REQUEST);
      const controller = new AbortController();
      const setup = resource.setup(quiet(controller.signal)).then(
        () => 'ready' as const,
        (error: unknown) => error,
      );
      const timer = setTimeout(() => controller.abort(new Error('enough')), afterMs);
      const outcome = await setup;
      clearTimeout(timer);
      if (outcome !== 'ready') expect(outcome).toBe(controller.signal.reason);
      await resource.teardown();
      expect(await leftovers(run)).toEqual([]);
      expect(await readdir(run.path)).toEqual(['owner.json']);
      const cached = await readdir(path.join(place.cache, 'postgres')).catch(() => []);
      expect(cached.filter((name) => name.startsWith('.'))).toEqual([]);
      await run.remove();
    }
  },
);

test('a teardown may come without a setup, during it, and twice', async () => {
  await using place = await scratch();
  const run = await place.newRun();
  const provider = await testProvider(run);
  await provider.postgres(REQUEST).teardown();
  const resource = provider.postgres(REQUEST);
  const setup = resource.setup(quiet()).catch((error: unknown) => error);
  await Promise.all([resource.teardown(), resource.teardown()]);
  expect(await setup).toMatchObject({ message: 'Start Postgres: undone' });
  await resource.teardown();
  expect(await leftovers(run)).toEqual([]);
  expect(await readdir(run.path)).toEqual(['owner.json']);
});

test('a server that does not react is ended all the same', async () => {
  await using postgres = await startTestPostgres();
  const key = await sharedMemoryKey(path.join(postgres.run.path, 'postgres/data'));
  if (linux) expect(sharedMemory(key)).toHaveLength(1);
  const pids = await leftovers(postgres.run);
  for (const pid of pids) signalProcess(pid, 'SIGSTOP');
  await postgres[Symbol.asyncDispose]();
  expect(await leftovers(postgres.run)).toEqual([]);
  expect(sharedMemory(key)).toEqual([]);
});

test('what a killed server shared is removed, and what a running one shares is not', async () => {
  await using killed = await startTestPostgres();
  await using running = await startTestPostgres();
  const keys = await Promise.all(
    [killed, running].map(({ run }) => sharedMemoryKey(path.join(run.path, 'postgres/data'))),
  );
  for (const pid of await leftovers(killed.run)) signalProcess(pid, 'SIGKILL');
  await expect.poll(() => leftovers(killed.run)).toEqual([]);
  for (const { run } of [killed, running]) await releaseSharedMemory(run.path);
  expect(keys.map((key) => sharedMemory(key).length)).toEqual(linux ? [0, 1] : [0, 0]);
});

test('no segment of /dev/shm is made, neither for a server nor for what it starts from', async () => {
  await using place = await scratch();
  const run = await place.newRun();
  const resource = (await testProvider(run, place.cache)).postgres(REQUEST);
  await resource.setup(quiet());
  if (linux)
    for (const pid of await leftovers(run))
      expect(await mapsOf(pid)).not.toContain('/dev/shm/PostgreSQL');
  const conf = await readFile(path.join(run.path, 'postgres/data/postgresql.conf'), 'utf8');
  expect(conf).toMatch(/^dynamic_shared_memory_type = mmap/m);
  await resource.teardown();
});

test('a server that ends by itself says its last words', async () => {
  await using place = await scratch();
  const first = (await testProvider(await place.newRun(), place.cache)).postgres(REQUEST);
  await first.setup(quiet());
  await first.teardown();
  const [data] = (await readdir(path.join(place.cache, 'postgres'))).filter((n) =>
    n.endsWith('-data'),
  );
  await writeFile(path.join(place.cache, 'postgres', data!, 'data', 'PG_VERSION'), '9\n');

  const run = await place.newRun();
  const resource = (await testProvider(run, place.cache)).postgres(REQUEST);
  await expect(resource.setup(quiet())).rejects.toMatchObject({
    kind: 'environment',
    message: 'Postgres ended by itself (exit code 1).',
    detail: expect.stringContaining('database files are incompatible with server'),
    hint: expect.stringContaining('labs clean --cache'),
  });
  await resource.teardown();
  expect(await leftovers(run)).toEqual([]);
});

/** Nothing of a process that has just gone, as those of a server's start do. */
async function mapsOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/maps`, 'utf8').catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return '';
    throw error;
  });
}
