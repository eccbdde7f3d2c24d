import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir, readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { sweepRuns } from '../../../src/platform/sweep.ts';
import { type Scratch, scratch } from './scratch.ts';

const PROGRAM = fileURLToPath(new URL('programs/start-and-stop.ts', import.meta.url));
const ANSWER = /^PostgreSQL 18\.\d+, 0 rows\n$/;

function start({ cache, directory }: Scratch, options: SpawnOptions = {}): ChildProcess {
  const runs = path.join(directory, 'runs');
  return spawn(process.execPath, [PROGRAM, cache, runs], {
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  });
}

async function run(place: Scratch, options?: SpawnOptions): Promise<string> {
  const child = start(place, { ...options, stdio: ['ignore', 'pipe', 'ignore'] });
  const [output] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  return output;
}

const isDraft = (name: string) => name.startsWith('.');
const listCache = async ({ cache }: Scratch) =>
  (await readdir(path.join(cache, 'postgres'))).sort();

test('five first runs at once make one cache', async () => {
  await using place = await scratch();
  const outputs = await Promise.all(Array.from({ length: 5 }, () => run(place)));
  for (const output of outputs) expect(output).toMatch(ANSWER);
  expect(await listCache(place)).toEqual([
    expect.stringMatching(/^18[^~]*-(x64|arm64)$/),
    expect.stringMatching(/-data$/),
  ]);
  expect(await readdir(path.join(place.directory, 'runs'))).toEqual([]);
});

test.each([
  { what: 'the binaries', finished: 0, laterMs: 20 },
  { what: 'the data directory', finished: 1, laterMs: 100 },
])('a kill while $what are made does no harm', async ({ finished, laterMs }) => {
  await using place = await scratch();
  // Until a kill hits: what it is aimed at may be done before it comes.
  while (!(await killWhileMaking(place, finished, laterMs))) {
    await sweepRuns(path.join(place.directory, 'runs'));
    await rm(place.cache, { recursive: true, force: true });
  }
  expect((await listCache(place)).filter(isDraft)).toHaveLength(1);
  // As every command does first; initdb, whose parent is gone, goes with it.
  expect(await sweepRuns(path.join(place.directory, 'runs'))).toHaveLength(1);

  expect(await run(place)).toMatch(ANSWER);
  expect((await listCache(place)).filter(isDraft)).toEqual([]);
});

/** Kills a first run that makes what comes after `finished` parts; true if it was still at it. */
async function killWhileMaking(place: Scratch, finished: number, laterMs: number) {
  const isMaking = async () => {
    const names = await listCache(place).catch(() => []);
    const drafts = names.filter(isDraft);
    return drafts.length > 0 && names.length - drafts.length === finished;
  };
  const child = start(place, { stdio: ['ignore', 'pipe', 'ignore'] });
  const [output, closed] = [text(child.stdout!), once(child, 'close')];
  while (child.exitCode === null && !(await isMaking())) await sleep(2);
  // Into the middle of it; where exactly does not matter.
  await sleep(laterMs);
  child.kill('SIGKILL');
  await closed;
  if (child.exitCode !== null) expect(await output).toMatch(ANSWER);
  return isMaking();
}

describe.skipIf(process.getuid?.() !== 0)('as root', () => {
  test('a strict umask closes nothing', async () => {
    await using place = await scratch();
    const before = process.umask(0o077);
    try {
      expect(await run(place)).toMatch(ANSWER);
    } finally {
      process.umask(before);
    }
  });

  test('a cache that the server cannot reach is said', async () => {
    await using place = await scratch();
    const closed = path.join(place.directory, 'closed');
    await mkdir(closed, { mode: 0o700 });
    expect(await run({ ...place, cache: path.join(closed, 'cache') })).toBe(
      `Postgres runs as nobody here, because we are root, and nobody cannot enter ${closed}.\n`,
    );
  });

  test('an ordinary user runs it as themselves', async () => {
    await using place = await scratch();
    const user = { uid: 65534, gid: 65534 };
    await chown(place.directory, user.uid, user.gid);
    await chmod(place.directory, 0o700);
    expect(await run(place, user)).toMatch(ANSWER);
  });
});
