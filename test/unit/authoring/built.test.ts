import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildOnce } from '../../../src/authoring/built.ts';
import type { Submission } from '../../../src/core/submission.ts';
import { scratch } from '../../support/cli.ts';

let place: ReturnType<typeof scratch>;
beforeEach(() => {
  place = scratch('built');
});
afterEach(() => place.remove());

let builds = 0;
async function build({ directory }: Submission): Promise<void> {
  builds += 1;
  const source = readFileSync(path.join(directory, 'src.ts'), 'utf8');
  if (source === 'broken') throw new Error('it does not compile');
  mkdirSync(path.join(directory, 'dist'));
  writeFileSync(path.join(directory, 'dist/out.js'), `built from ${source}`);
}

function copy(name: string, source: string): Submission {
  const directory = path.join(place.path, name);
  mkdirSync(directory);
  writeFileSync(path.join(directory, 'src.ts'), source);
  return {
    directory,
    lab: 'letters',
    language: 'typescript',
    build: ['tsc'],
    processes: { web: ['node', 'dist/out.js'] },
    env: {},
  };
}

const once = async (submission: Submission) => {
  const before = builds;
  const built = await buildOnce(submission, path.join(place.path, 'cache'), build);
  return { built, ran: builds - before };
};
const out = ({ directory }: Submission) =>
  readFileSync(path.join(directory, 'dist/out.js'), 'utf8');

describe('a build', () => {
  it('is run once for the same files', async () => {
    expect((await once(copy('one', 'a'))).ran).toBe(1);
    const { built, ran } = await once(copy('two', 'a'));
    expect(ran).toBe(0);
    expect(built).not.toHaveProperty('build');
    expect(out(built)).toBe('built from a');
  });

  it('is run again where a file differs', async () => {
    await once(copy('one', 'a'));
    const { built, ran } = await once(copy('two', 'b'));
    expect(ran).toBe(1);
    expect(out(built)).toBe('built from b');
  });

  it('that fails is left to the grade, which tells how', async () => {
    const broken = copy('one', 'broken');
    expect((await once(broken)).built).toBe(broken);
    expect((await once(copy('two', 'broken'))).ran).toBe(1);
  });

  it('that nobody used for two weeks goes', async () => {
    await once(copy('one', 'a'));
    const made = path.join(place.path, 'cache/built');
    const [old] = readdirSync(made) as [string];
    const then = new Date(Date.now() - 15 * 24 * 3_600_000);
    utimesSync(path.join(made, old), then, then);
    await once(copy('two', 'b'));
    expect(existsSync(path.join(made, old))).toBe(false);
    expect(readdirSync(made)).toHaveLength(1);
  });
});
