import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { labs, root, scratch } from '../support/cli.ts';

/** No engine answers, whatever this machine has. */
const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
const FIXTURE = path.join(root, 'test/fixtures/apps/healthy');

let place: ReturnType<typeof scratch>;
let runs: string;
beforeEach(() => {
  place = scratch('trust');
  runs = path.join(place.path, 'runs');
});
afterEach(() => place.remove());

const below = (...names: string[]) => path.join(place.path, ...names);

const run = async (args: string[], more: { state?: string; cache?: string } = {}) => {
  const ran = await labs(args, { cwd: place.path, runs, env, ...more });
  return { ...ran, text: `${ran.stdout}\n${ran.stderr}`.replace(/\s+/g, ' ') };
};
const grade = (workspace: string, ...args: string[]) =>
  run(['grade', workspace, '--provider', 'local', '--only', 'answers-health', ...args]);

/** A learner's, far enough for its health check. */
async function started(name: string): Promise<void> {
  expect((await run(['start', 'crud-api', name])).code).toBe(0);
  cpSync(FIXTURE, below(name), { recursive: true });
}

/** As `git clone` would bring it. */
const strange = (name: string) => cpSync(FIXTURE, below(name), { recursive: true });

const isRefused = async (workspace: string) => {
  const { code, text } = await grade(workspace);
  expect(text).toContain(`${workspace} is not a workspace that was made here`);
  expect(code).toBe(2);
};

describe('a workspace that labs start made here', () => {
  it('is graded as a process, unasked', async () => {
    await started('mine');
    const { code, text } = await grade('mine');
    expect(text).toContain('1/1');
    expect(code).toBe(0);
  });

  it('is so too where the directory was there before', async () => {
    mkdirSync(below('mine'));
    await started('mine');
    expect((await grade('mine', '--runtime', 'process')).code).toBe(0);
  });

  it('is so no longer when it was moved, and its copy is not', async () => {
    await started('mine');
    cpSync(below('mine'), below('copy'), { recursive: true });
    await isRefused('copy');
    renameSync(below('mine'), below('moved'));
    await isRefused('moved');
  });

  it('passes that on to nothing that comes to its place', async () => {
    await started('mine');
    rmSync(below('mine'), { recursive: true });
    strange('mine');
    await isRefused('mine');
  });
});

describe('a workspace from elsewhere', () => {
  beforeEach(() => strange('theirs'));

  it.each(['grade', 'run'])('is not run where there is no sandbox: labs %s', async (verb) => {
    const { code, text } = await run([verb, 'theirs', '--provider', 'local']);
    expect(code).toBe(2);
    expect(text).toContain(
      'theirs is not a workspace that was made here: its code would run with your rights.',
    );
    expect(text).toContain('If it is yours, add --trust once.');
    expect(text).toContain('start Docker');
    expect(text).toContain('/nowhere/docker.sock: it is not there');
    expect(existsSync(runs)).toBe(false);
  });

  it('is not run as a process because that was asked for', async () => {
    const { code, text } = await grade('theirs', '--runtime', 'process');
    expect(code).toBe(2);
    expect(text).toContain('its code would run with your rights.');
    expect(text).toContain('--runtime docker');
    expect(text).toContain('--trust');
  });

  it('is run when the user says once that it is theirs', async () => {
    expect((await grade('theirs', '--trust')).code).toBe(0);
    expect((await grade('theirs')).code).toBe(0);
    expect((await grade('theirs', '--runtime', 'process')).code).toBe(0);
  });

  it('is not remembered for a sandbox, which needs no trust', async () => {
    const { code, text } = await grade('theirs', '--trust', '--runtime', 'docker');
    expect(text).toContain('No Docker engine answers');
    expect(code).toBe(3);
    await isRefused('theirs');
  });

  it('is not remembered where a mistake stands beside --trust', async () => {
    expect((await grade('theirs', '--trust', '--service', 'mysql=x')).code).toBe(2);
    await isRefused('theirs');
  });
});

it('one’s own in a sandbox needs an engine', async () => {
  await started('mine');
  const { code, text } = await grade('mine', '--runtime', 'docker');
  expect(code).toBe(3);
  expect(text).toContain('No Docker engine answers: DOCKER_HOST says');
  expect(text).toContain('--runtime process');
});

describe('where nothing can be remembered', () => {
  const state = () => below('file', 'state');
  beforeEach(() => writeFileSync(below('file'), ''));

  it('labs start makes the workspace, and says so', async () => {
    const { code, stderr } = await run(['start', 'crud-api', 'mine'], { state: state() });
    expect(code).toBe(0);
    expect(stderr).toContain('That mine is yours cannot be remembered, so say --trust each time');
    expect(readdirSync(below('mine'))).toContain('labs.yaml');
  });

  it('--trust holds for once, and says so', async () => {
    strange('theirs');
    const args = ['grade', 'theirs', '--trust', '--provider', 'local', '--only', 'answers-health'];
    const { code, text } = await run(args, { state: state() });
    expect(text).toContain('so say --trust each time: Cannot write to');
    expect(code).toBe(0);
  });
});

it('labs clean forgets what is gone, says nothing of it, and keeps the rest', async () => {
  await started('mine');
  await started('gone');
  rmSync(below('gone'), { recursive: true });
  expect((await run(['clean'])).stdout).toBe('Nothing to clean.\n');
  expect(readdirSync(below('state/workspaces'))).toHaveLength(1);
  expect((await run(['clean', '--cache'], { cache: below('cache') })).code).toBe(0);
  expect((await grade('mine')).code).toBe(0);
});
