import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRunDirectory } from '../../src/platform/run-directory.ts';
import { labs, scratch } from '../support/cli.ts';

let place: ReturnType<typeof scratch>;
beforeEach(() => {
  place = scratch('clean');
});
afterEach(() => place.remove());

const below = (...names: string[]) => path.join(place.path, ...names);

/** No engine answers, whatever this machine has. */
const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };

const clean = () =>
  labs(['clean', '--cache'], {
    cwd: place.path,
    runs: below('runs'),
    cache: below('cache'),
    env,
  });

function make(...names: string[]): void {
  mkdirSync(below('cache', ...names.slice(0, -1)), { recursive: true });
  writeFileSync(below('cache', ...names), '');
}

it('removes what labs keeps there, and the cache with it', async () => {
  make('built', '0123', 'server.js');
  make('postgres', '18.4.0-linux-x64', 'initdb');
  expect(await clean()).toEqual({
    code: 0,
    stdout: `removed cache ${below('cache/built')}\nremoved cache ${below('cache/postgres')}\n`,
    stderr: '',
  });
  expect(existsSync(below('cache'))).toBe(false);
  expect((await clean()).stdout).toBe('Nothing to clean.\n');
});

it('leaves what others keep there', async () => {
  make('packs', 'git', 'class');
  make('pip', 'wheel');
  make('notes.txt');
  expect((await clean()).stdout).toBe(`removed cache ${below('cache/packs')}\n`);
  expect(readdirSync(below('cache')).sort()).toEqual(['notes.txt', 'pip']);
});

it('leaves the cache while a run is at work with it, and says which', async () => {
  make('postgres', '18.4.0-linux-x64', 'initdb');
  const run = await createRunDirectory(below('runs'));
  const { code, stdout, stderr } = await clean();
  expect(stdout).toBe('');
  expect(stderr).toContain(`run ${run.id} (process ${process.pid} on `);
  expect(stderr).toContain('`labs clean --cache` again when it has ended');
  expect(code).toBe(3);
  expect(existsSync(below('cache/postgres/18.4.0-linux-x64/initdb'))).toBe(true);

  await run.remove();
  expect((await clean()).code).toBe(0);
  expect(existsSync(below('cache'))).toBe(false);
});
