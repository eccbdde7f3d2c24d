import { cpSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fakeClock } from '../../../src/apps/clock.ts';
import { clockMemory } from '../../../src/apps/clock-memory.ts';
import type { PreparedApp } from '../../../src/apps/port.ts';
import { createProcessRuntime } from '../../../src/apps/process/runtime.ts';
import type { Command, Submission } from '../../../src/core/submission.ts';
import { grade } from '../../../src/grading/run.ts';
import { runCommand } from '../../../src/platform/command.ts';
import { findFaketime } from '../../../src/platform/faketime.ts';
import { createRunDirectory, type RunDirectory } from '../../../src/platform/run-directory.ts';
import type { ServiceProvider } from '../../../src/services/port.ts';
import { root, scratch } from '../../support/cli.ts';
import { leftovers } from '../../support/postgres.ts';
import { check, fakeLab, own, shared } from '../grading/fakes.ts';

const library = await findFaketime(process.platform, process.arch, process.env);
const python = await runCommand('python3', ['--version'], { env: process.env });

const NODE: Command = [process.execPath, 'server.js'];
const PYTHON: Command = ['python3', 'server.py'];
const NPM: Command = ['npm', 'run', '--silent', 'start'];

let place: ReturnType<typeof scratch>;
let run: RunDirectory;
let ends: (() => Promise<void>)[];
let before: string[];

beforeEach(async () => {
  place = scratch('clock');
  run = await createRunDirectory(path.join(place.path, 'runs'));
  ends = [];
  before = memories();
});
afterEach(async () => {
  for (const end of ends) await end();
  expect(await leftovers(run)).toEqual([]);
  expect(memories().filter((name) => !before.includes(name))).toEqual([]);
  place.remove();
});

/** What is shared through libfaketime, made by this run, by one that is no more, or by the library. */
function memories(): string[] {
  if (!existsSync('/dev/shm')) return [];
  const ours = new RegExp(`labs-clock\\.(${run.owner.pid}|4194305)-|faketime_s`);
  return readdirSync('/dev/shm').filter((name) => ours.test(name));
}

const context = { signal: new AbortController().signal, progress: () => {} };

function runtime(env: NodeJS.ProcessEnv = process.env) {
  return createProcessRuntime({ env, run, now: () => performance.now(), onLog: () => {} });
}

function submission(start: Command, fixture = 'tells-time'): Submission {
  const directory = path.join(place.path, 'workspace');
  cpSync(path.join(root, 'test/fixtures/apps', fixture), directory, { recursive: true });
  return { directory, env: {}, processes: { web: start } } as unknown as Submission;
}

async function prepare(start: Command, fixture?: string): Promise<PreparedApp> {
  const app = runtime().prepare(submission(start, fixture));
  ends.push(() => app.teardown());
  return app.setup(context);
}

function start(app: PreparedApp, clockOffsetMs?: number) {
  return app.start(
    {
      process: 'web',
      instance: 1,
      env: {},
      readiness: '/',
      readyTimeoutMs: 10_000,
      ...(clockOffsetMs !== undefined && { clockOffsetMs }),
      onLog: () => {},
    },
    context,
  );
}

/** What its clock says, ours before and after, and how long 200 ms are for it. */
async function clockOf(url: string) {
  const asked = Date.now();
  const { now, sleptMs } = (await (await fetch(url)).json()) as { now: number; sleptMs: number };
  return { asked, now, answered: Date.now(), sleptMs };
}

function expectClock(clock: Awaited<ReturnType<typeof clockOf>>, off: number) {
  const { asked, now, answered, sleptMs } = clock;
  expect(now - off).toBeGreaterThan(asked - 50);
  expect(now - off).toBeLessThan(answered + 50);
  expect(sleptMs).toBeGreaterThan(195);
  // By as much as its clock is off, where its timers are too.
  expect(sleptMs).toBeLessThan(20_000);
}

describe('the environment of a wrong clock', () => {
  it.each([
    [30_000, '+30.000'],
    [-45_000, '-45.000'],
    [-250, '-0.250'],
    [1_500, '+1.500'],
  ])('of %i ms has the offset %s', (offsetMs, FAKETIME) => {
    expect(fakeClock('/lib/f.so', offsetMs, 'linux')).toMatchObject({
      LD_PRELOAD: '/lib/f.so',
      FAKETIME,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
  });

  it('goes through dyld on macOS', () => {
    const env = fakeClock('/lib/f.dylib', 1, 'darwin');
    expect(env).toMatchObject({ DYLD_INSERT_LIBRARIES: '/lib/f.dylib' });
    expect(env).not.toHaveProperty('LD_PRELOAD');
  });

  it.each([30_000, -45_000, 1_234, -1, 2e12])(
    'shares a beginning that is off by %i ms',
    (offsetMs) => {
      const { env, files } = clockMemory('x', offsetMs);
      expect(env).toEqual({ FAKETIME_SHARED: '/x.lock /x' });
      expect(files.map(({ name }) => name)).toEqual(['sem.x.lock', 'x']);
      const { content } = files[1]!;
      const [wall, monotonic] = [16, 32].map(
        (at) => content.readBigInt64LE(at) * 1_000n + content.readBigInt64LE(at + 8) / 1_000_000n,
      );
      expect(wall! + BigInt(offsetMs)).toBe(monotonic);
      expect(content.readBigInt64LE(24)).toBeGreaterThanOrEqual(0n);
    },
  );
});

describe.runIf(process.platform === 'linux' && library !== undefined)('a wrong clock', () => {
  it('is that of the one process which was to have it; its timers are true', async () => {
    const app = await prepare(NODE);
    const started = await Promise.all([30_000, undefined, -45_000].map((off) => start(app, off)));
    const clocks = await Promise.all(started.map(({ url }) => clockOf(url)));
    for (const [index, off] of [30_000, 0, -45_000].entries()) expectClock(clocks[index]!, off);
    const [ahead, , behind] = started;
    expect(await ahead!.terminate(5_000)).toMatchObject({ signal: 'SIGTERM', forced: false });
    expect(await behind!.kill()).toMatchObject({ signal: 'SIGKILL', forced: false });
  });

  it('is also that of the programs which it starts', async () => {
    const app = await prepare(NPM);
    expectClock(await clockOf((await start(app, 30_000)).url), 30_000);
  });

  it.runIf(python.started)('is had by Python, whose sleep and locks are true', async () => {
    const app = await prepare(PYTHON, 'tells-time-python');
    for (const off of [30_000, -45_000])
      expectClock(await clockOf((await start(app, off)).url), off);
  });

  it('is the same after a crash, many times over', async () => {
    const app = await prepare(NODE);
    for (let time = 0; time < 5; time += 1) {
      const running = await start(app, -45_000);
      expectClock(await clockOf(running.url), -45_000);
      await running.kill();
    }
  });

  it('leaves nothing for good where the run was killed', async () => {
    const stale = ['labs-clock.4194305-7.ab', 'sem.labs-clock.4194305-7.ab.lock'];
    for (const name of stale) writeFileSync(path.join('/dev/shm', name), '');
    await start(await prepare(NODE), 30_000);
    expect(stale.filter((name) => memories().includes(name))).toEqual([]);
    expect(memories().filter((name) => name.includes(`.${run.owner.pid}-`))).toHaveLength(2);
  });
});

it('that cannot be set is not the learner’s failure', async () => {
  const lab = fakeLab([
    shared(check('answers')),
    { ...own('skewed', check('is-not-fooled')), clocks: { 'web.1': 30_000 } } as never,
  ]);
  const report = await grade(
    {
      lab,
      target: {
        kind: 'submission',
        submission: submission(NODE),
        runtime: runtime({ ...process.env, LABS_FAKETIME: '/nowhere/libfaketime.so.1' }),
        provider: {} as ServiceProvider,
      },
      seed: 'seed',
      worlds: 1,
      notes: [],
      version: '0',
    },
    {
      emit: () => {},
      now: () => performance.now(),
      signal: context.signal,
    },
  );
  const of = (id: string) => report.checks.find((each) => each.id === id);
  expect(of('answers')).toMatchObject({ verdict: 'passed' });
  expect(of('is-not-fooled')).toMatchObject({
    verdict: 'errored',
    error: {
      kind: 'environment',
      message:
        'The clock of web.1 cannot be set 30 s ahead: there is no libfaketime on this machine.',
      detail: expect.stringContaining('labs doctor --fix --only clock'),
    },
  });
});
