import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadImages } from '../../src/docker/archive/load.ts';
import { saveImages } from '../../src/docker/archive/save.ts';
import { connect } from '../../src/docker/client.ts';
import { labs, root, scratch } from '../support/cli.ts';
import { engine, noEngine, titled } from './services/engine-of-this-machine.ts';

const place = scratch('images');
const below = (...names: string[]) => path.join(place.path, ...names);
/** In all names that are made here: other tests use the engine at the same time. */
const unique = randomBytes(4).toString('hex');
const tiny = `labs-test-images:${unique}`;
const command = (...args: string[]) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: 'pipe' }).trim();
const idOf = (image: string) => command('image', 'inspect', '--format', '{{.Id}}', image);
const isThere = (image: string) => command('images', '-q', image) !== '';
const quiet = (signal = new AbortController().signal) => ({ signal, progress: () => {} });

describe.skipIf(noEngine !== undefined)(titled('an archive of images'), () => {
  let docker: Awaited<ReturnType<typeof connect>>;
  const archive = below('archive', 'tiny.tar');

  beforeAll(async () => {
    docker = await connect(engine);
    mkdirSync(below('archive'));
    writeFileSync(below('content'), randomBytes(3_000));
    execFileSync('tar', ['-cf', below('layer.tar'), '-C', place.path, 'content']);
    command('import', below('layer.tar'), tiny);
    await saveImages(docker, [tiny], archive, quiet());
  });
  afterAll(() => {
    if (isThere(tiny)) command('image', 'rm', tiny);
    place.remove();
  });

  it.each(['tiny.tar', 'tiny.tar.gz'])('%s brings them back as they were', async (name) => {
    const file = below('archive', name);
    const before = idOf(tiny);
    const said: string[] = [];
    const context = { ...quiet(), progress: (text: string) => said.push(text) };
    expect(await saveImages(docker, [tiny], file, context)).toBe(statSync(file).size);
    expect(readFileSync(file).readUInt16BE() === 0x1f8b).toBe(name.endsWith('.gz'));
    command('image', 'rm', tiny);
    expect(await loadImages(docker, file, context)).toEqual([tiny]);
    expect(idOf(tiny)).toBe(before);
    expect(said.at(-1)).toMatch(/^\d+ of \d+ MB$/);
  });

  it('that is cut off anywhere is the user’s mistake', async () => {
    const whole = readFileSync(archive);
    const file = below('cut.tar');
    for (let length = 0; length < whole.length - 1_024; length += 1_024 + 128) {
      writeFileSync(file, whole.subarray(0, length));
      const outcome = await loadImages(docker, file, quiet()).catch((error: unknown) => error);
      // What comes last in it is for engines of long ago.
      if (!Array.isArray(outcome)) expect(outcome, `${length}`).toMatchObject({ kind: 'usage' });
      else expect(whole.subarray(0, length).includes('"RepoTags"'), `${length}`).toBe(true);
    }
  });

  it.each([
    ['no archive', randomBytes(300_000), 'is no tar archive'],
    ['nothing', Buffer.alloc(0), 'is empty'],
    ['a damaged gzip', Buffer.from('1f8b0800000000000003ffffffff', 'hex'), 'does not unzip'],
  ])('that is %s is the user’s mistake', async (_, content, message) => {
    writeFileSync(below('wrong'), content);
    await expect(loadImages(docker, below('wrong'), quiet())).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining(message),
    });
  });

  it('of files is the user’s mistake', async () => {
    await expect(loadImages(docker, below('layer.tar'), quiet())).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('is a tar archive, but not one of images'),
    });
  });

  it.each([0, 5, 30, 80])('leaves no half file when interrupted after %i ms', async (ms) => {
    const reason = new Error('enough');
    const controller = new AbortController();
    mkdirSync(below(`half-${ms}`));
    const saving = saveImages(
      docker,
      ['node:24-slim'],
      below(`half-${ms}`, 'a.tar'),
      quiet(controller.signal),
    );
    setTimeout(() => controller.abort(reason), ms);
    await expect(saving).rejects.toBe(reason);
    expect(readdirSync(below(`half-${ms}`))).toEqual([]);
  });

  it('of an image that is not there is none', async () => {
    mkdirSync(below('none'));
    const saving = saveImages(docker, ['labs-test-images:none'], below('none', 'a.tar'), quiet());
    await expect(saving).rejects.toMatchObject({
      kind: 'environment',
      message: expect.stringContaining('labs-test-images:none'),
    });
    expect(readdirSync(below('none'))).toEqual([]);
  });

  it('that fills the disk leaves no half file', async (context) => {
    const disk = below('disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      context.skip('no file system can be mounted here');
    }
    try {
      const saving = saveImages(docker, ['node:24-slim'], path.join(disk, 'a.tar'), quiet());
      await expect(saving).rejects.toMatchObject({
        kind: 'environment',
        message: `${path.join(disk, 'a.tar')} cannot be written: the disk is full.`,
      });
      expect(readdirSync(disk)).toEqual([]);
    } finally {
      execFileSync('umount', [disk]);
    }
  });
});

describe.skipIf(noEngine !== undefined)(titled('labs images'), () => {
  const pack = below('pack');
  /** A template of our own, so that no other test has its dependencies. */
  const template = `test-${unique}`;
  const kept = `labs-template:crud-api-${template}`;
  const run = (args: string[], more: { env?: Record<string, string>; cwd?: string } = {}) =>
    labs(args, { cwd: place.path, runs: below('runs'), pack, ...more });
  const keyOf = (image: string) =>
    (
      JSON.parse(command('image', 'inspect', '--format', '{{json .RepoTags}}', image)) as string[]
    ).find((name) => name.startsWith('labs-dependencies:'))!;

  beforeAll(() => {
    mkdirSync(pack, { recursive: true });
    cpSync(path.join(root, 'package.json'), path.join(pack, 'package.json'));
    cpSync(path.join(root, 'labs/crud-api'), path.join(pack, 'labs/crud-api'), { recursive: true });
    withService("'17'");
    const directory = path.join(pack, 'templates/crud-api', template);
    cpSync(path.join(root, 'test/fixtures/apps/healthy'), directory, { recursive: true });
    const manifest = readFileSync(path.join(directory, 'labs.yaml'), 'utf8');
    writeFileSync(
      path.join(directory, 'labs.yaml'),
      manifest.replace('start:', 'install: npm ci\nstart:'),
    );
    const about = { name: 'template', type: 'module', engines: { [`test-${unique}`]: '*' } };
    writeFileSync(path.join(directory, 'package.json'), JSON.stringify(about));
    const packages = { '': { name: 'template', engines: about.engines } };
    const lock = { name: 'template', lockfileVersion: 3, requires: true, packages };
    writeFileSync(path.join(directory, 'package-lock.json'), JSON.stringify(lock));
  });
  afterAll(() => {
    if (isThere(kept)) command('image', 'rm', keyOf(kept), kept);
    rmSync(place.path, { recursive: true, force: true });
  });

  it('prepares a machine, which then grades without an install step', async () => {
    const missing = await run(['images', 'list']);
    expect(rowOf(missing.stdout, kept)).toMatch(/missing/);
    expect(missing.stdout).toContain('1 of 3 missing: `labs images pull` gets them.');
    const refused = await run(['images', 'save', 'exam.tar']);
    expect(refused.stderr).toContain(`Not all images are there: ${kept}.`);
    expect(refused.stderr).toContain('labs images pull');
    expect(refused.code).toBe(3);

    const first = await run(['images', 'pull']);
    expect(first.stderr).toBe(`${kept}: npm ci\n`);
    expect(rowOf(first.stdout, kept)).toMatch(/made/);
    expect(rowOf(first.stdout, 'node:24-slim')).toMatch(/MB +there +javascript/);
    expect(first.code).toBe(0);
    const startedAt = performance.now();
    const second = await run(['images', 'pull']);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(rowOf(second.stdout, kept)).toMatch(/there/);
    expect(second).toMatchObject({ code: 0, stderr: '' });
    expect((await run(['images', 'list'])).stdout).toContain('All is there');
    expect(readdirSync(below('runs'))).toEqual([]);

    const [key, id] = [keyOf(kept), idOf(kept)];
    writeFileSync(below('exam.tar'), 'precious');
    const file = await run(['images', 'save', 'exam.tar']);
    expect(file.code).toBe(2);
    expect(file.stderr).toContain('--force');
    expect(readFileSync(below('exam.tar'), 'utf8')).toBe('precious');
    // Not with the database's image: it is large, and brings nothing new.
    withService(undefined);
    const saved = await run(['images', 'save', 'exam.tar', '--force']);
    withService("'17'");
    expect(saved.stdout).toMatch(
      /^saved node:24-slim\nsaved labs-template:.*\n\nexam\.tar: \d+ MB\./,
    );
    expect(saved.code).toBe(0);

    command('image', 'rm', key, kept);
    const loaded = await run(['images', 'load', 'exam.tar']);
    for (const name of ['node:24-slim', key, kept])
      expect(loaded.stdout).toContain(`loaded ${name}\n`);
    expect(loaded.code).toBe(0);
    expect(idOf(key)).toBe(id);

    await run(['start', 'crud-api', 'mine']);
    const own = JSON.parse(readFileSync(below('mine/package.json'), 'utf8')) as object;
    expect(own).toMatchObject({ name: 'mine' });
    writeFileSync(
      below('mine/package.json'),
      JSON.stringify({ ...own, scripts: { test: 'node --test' } }),
    );
    const where = ['--runtime', 'docker', '--provider', 'local'];
    const options = ['--only', 'answers-health', '--verbose'];
    const since = Date.now() / 1000;
    const nowhere = { HTTPS_PROXY: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' };
    const grade = await run(['grade', 'mine', ...where, ...options], { env: nowhere });
    expect(grade.code, `${grade.stdout}${grade.stderr}`).toBe(0);
    const steps = containersMade(since).map((name) => name.split('-').at(-1));
    expect(steps).toContain('build');
    expect(steps).not.toContain('install');
  });

  it('tries the others where one cannot be pulled', async () => {
    withService("'999'");
    const { code, stdout, stderr } = await run(['images', 'pull', '--no-dependencies']);
    withService("'17'");
    expect(rowOf(stdout, 'postgres:999-alpine')).toMatch(/failed/);
    expect(rowOf(stdout, 'node:24-slim')).toMatch(/there/);
    expect(stderr).toContain('postgres:999-alpine: The image postgres:999-alpine cannot be pulled');
    expect(stderr).toContain('labs images load <file>');
    expect(code).toBe(3);
  });

  it('is the way on where a grade has no image', async () => {
    withService("'999'");
    cpSync(path.join(root, 'test/fixtures/apps/healthy'), below('other'), { recursive: true });
    const { code, stdout, stderr } = await run([
      'grade',
      'other',
      '--trust',
      '--provider',
      'docker',
    ]);
    withService("'17'");
    expect(`${stdout}${stderr}`.replace(/\s+/g, ' ')).toContain('`labs images pull`');
    expect(code).toBe(3);
  });

  it('needs an engine', async () => {
    for (const args of [['list'], ['pull'], ['save', 'a.tar'], ['load', 'a.tar']]) {
      const env = { DOCKER_HOST: 'unix:///nowhere/docker.sock' };
      const { code, stderr } = await run(['images', ...args], { env });
      expect(stderr).toContain('No Docker engine answers');
      expect(code).toBe(3);
    }
    expect(existsSync(below('a.tar'))).toBe(false);
  });

  /** Names of the containers that this process had made since then, in seconds. */
  function containersMade(since: number): string[] {
    const own = ['event=create', `label=labs.owner.pid=${process.pid}`].flatMap((filter) => [
      '--filter',
      filter,
    ]);
    const until = String(Date.now() / 1000);
    const format = ['--format', '{{.Actor.Attributes.name}}'];
    return command('events', '--since', String(since), '--until', until, ...own, ...format).split(
      '\n',
    );
  }

  /** Has the pack's lab ask for Postgres in this version, or for no service at all. */
  function withService(version: string | undefined): void {
    const original = readFileSync(path.join(root, 'labs/crud-api/lab.yaml'), 'utf8');
    const services = /^services:\n[\s\S]*?^(?=processes:)/m;
    const text =
      version === undefined
        ? original.replace(services, 'services: {}\n')
        : original.replace("version: '17'", `version: ${version}`);
    expect(text === original).toBe(version === "'17'");
    writeFileSync(path.join(pack, 'labs/crud-api/lab.yaml'), text);
  }
});

const rowOf = (table: string, image: string) =>
  table.split('\n').find((line) => line.startsWith(image)) ?? '';
