import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { draftName, readDraftName, thisProcess } from '../../../src/platform/draft-name.ts';
import { createRunDirectory, findRuns } from '../../../src/platform/run-directory.ts';
import { sweepRuns } from '../../../src/platform/sweep.ts';
import { scratch } from '../../support/cli.ts';

let place: ReturnType<typeof scratch>;
let runs: string;
beforeEach(() => {
  place = scratch('runs');
  runs = path.join(place.path, 'runs');
  mkdirSync(runs);
});
afterEach(() => place.remove());

const TWO_MINUTES_MS = 120_000;

function make(name: string, owner?: unknown, ageMs = TWO_MINUTES_MS): void {
  const directory = path.join(runs, name);
  mkdirSync(directory);
  if (owner !== undefined)
    writeFileSync(
      path.join(directory, 'owner.json'),
      typeof owner === 'string' ? owner : JSON.stringify(owner),
    );
  const made = new Date(Date.now() - ageMs);
  utimesSync(directory, made, made);
}

/** Somebody whose process has gone, though another has its number now. */
async function reused() {
  const run = await createRunDirectory(runs);
  await run.remove();
  return { ...run.owner, started: '1' };
}

describe('the directory of a run', () => {
  it('holds its owner, and is found alive', async () => {
    const run = await createRunDirectory(runs);
    expect(run.id).toMatch(/^[a-z2-7]{10}$/);
    expect(path.dirname(run.path)).toBe(runs);
    expect(run.owner).toMatchObject({ pid: process.pid, host: hostname() });
    expect(JSON.parse(readFileSync(path.join(run.path, 'owner.json'), 'utf8'))).toEqual(run.owner);
    expect(await findRuns(runs)).toEqual([
      { id: run.id, path: run.path, owner: run.owner, alive: true },
    ]);
  });

  it('is never seen without its owner', async () => {
    let watching = true;
    const watch = (async () => {
      while (watching) {
        for (const name of readdirSync(runs).filter((each) => !each.startsWith('.')))
          readFileSync(path.join(runs, name, 'owner.json'));
        await new Promise((next) => setImmediate(next));
      }
    })();
    await Promise.all(Array.from({ length: 50 }, () => createRunDirectory(runs)));
    watching = false;
    await watch;
    expect(new Set((await findRuns(runs)).map(({ id }) => id)).size).toBe(50);
  });

  it('goes with all that is in it, and may be gone already', async () => {
    const run = await createRunDirectory(runs);
    mkdirSync(path.join(run.path, 'data'));
    writeFileSync(path.join(run.path, 'data', 'file'), '');
    await run.remove();
    await run.remove();
    expect(readdirSync(runs)).toEqual([]);
  });

  it('no directory of runs is no runs', async () => {
    expect(await findRuns(path.join(runs, 'absent'))).toEqual([]);
    expect(await sweepRuns(path.join(runs, 'absent'))).toEqual([]);
  });
});

describe('the name of a draft', () => {
  it.each([
    { host: 'build-7.example', pid: 1, started: '12345' },
    { host: 'a~b/c é%', pid: 4_194_304, started: 'Sat Nov 21 19:46:01 2026' },
  ])('says who makes it: $host', (maker) => {
    const name = draftName('.run-abc', maker);
    expect(path.basename(name)).toBe(name);
    expect(readDraftName(name)).toEqual({ label: '.run-abc', maker });
  });

  it.each(['', '~', '~~~', '.draft', 'a~b~c~d', 'a~b~1~d~e', 'a~b~~d'])('“%s” is none', (name) => {
    expect(readDraftName(name)).toBeUndefined();
  });
});

describe('the sweep', () => {
  it('leaves a run alone that is at work', async () => {
    await createRunDirectory(runs);
    expect(await sweepRuns(runs)).toEqual([]);
    expect(readdirSync(runs)).toHaveLength(1);
  });

  it('removes a run whose pid another process has now', async () => {
    make('run-aaaaaaaaaa', await reused());
    expect(await sweepRuns(runs)).toEqual([{ id: 'aaaaaaaaaa', processes: 0 }]);
    expect(readdirSync(runs)).toEqual([]);
  });

  it('leaves runs of another machine alone', async () => {
    make('run-aaaaaaaaaa', { ...(await reused()), host: 'elsewhere.example' });
    expect(await sweepRuns(runs)).toEqual([]);
  });

  it('leaves a run alone whose record cannot be read, for a minute', async () => {
    make('run-aaaaaaaaaa', undefined, 30_000);
    make('run-bbbbbbbbbb', '{"pid"', 30_000);
    expect(await sweepRuns(runs)).toEqual([]);
    expect(readdirSync(runs)).toHaveLength(2);
  });

  it.each([
    ['nothing in it yet', undefined],
    ['half a record', '{"pid"'],
  ])('removes a draft of a killed process at once: %s', async (_, record) => {
    make(draftName('.run-aaaaaaaaaa', await reused()), record, 0);
    expect(await sweepRuns(runs)).toEqual([{ id: 'aaaaaaaaaa', processes: 0 }]);
    expect(readdirSync(runs)).toEqual([]);
  });

  it('leaves drafts alone of who is at work, and of other machines', async () => {
    make(draftName('.run-aaaaaaaaaa', await thisProcess()));
    make(draftName('.run-bbbbbbbbbb', { ...(await reused()), host: 'elsewhere.example' }));
    expect(await sweepRuns(runs)).toEqual([]);
    expect(readdirSync(runs)).toHaveLength(2);
  });

  it.each([
    ['missing', undefined],
    ['cut short', '{"pid"'],
    ['null', null],
    ['empty', {}],
    ['of another shape', { pid: 'x', host: 7 }],
  ])('removes an old one whose record is %s', async (_, owner) => {
    make('run-aaaaaaaaaa', owner);
    expect((await sweepRuns(runs)).map(({ id }) => id)).toEqual(['aaaaaaaaaa']);
    expect(readdirSync(runs)).toEqual([]);
  });

  it('touches nothing that is no run, however old', async () => {
    const owner = await reused();
    const drafts = [draftName('.bundle', owner), '.run-aaaaaaaaaa~host~1', '.run-aaaaaaaaaa~h~1~%'];
    const others = ['workspaces', '.bundlewrap', 'run-', 'run-AAAAAAAAAA', 'run-aaaaaaaaaaa'];
    for (const name of [...others, ...drafts]) make(name);
    writeFileSync(path.join(runs, 'notes.txt'), '');
    const before = readdirSync(runs);
    expect(await sweepRuns(runs)).toEqual([]);
    expect(readdirSync(runs)).toEqual(before);
  });

  it('may meet another at work', async () => {
    const owner = await reused();
    for (const letter of 'abcdefgh') {
      make(`run-${letter.repeat(10)}`, owner);
      for (let i = 0; i < 20; i += 1)
        writeFileSync(path.join(runs, `run-${letter.repeat(10)}`, `${i}`), '');
    }
    await Promise.all([sweepRuns(runs), sweepRuns(runs), sweepRuns(runs)]);
    expect(readdirSync(runs)).toEqual([]);
  });

  it('a run that is renamed while it is looked at is no failure', async () => {
    const owner = await reused();
    make('run-aaaaaaaaaa', owner);
    const sweep = sweepRuns(runs);
    renameSync(path.join(runs, 'run-aaaaaaaaaa'), path.join(runs, 'run-bbbbbbbbbb'));
    await sweep;
  });
});
