import { readdirSync, readlinkSync } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { listFiles } from '../../../../src/apps/docker/context/files.ts';
import { packEntries, packFiles } from '../../../../src/apps/docker/context/pack.ts';
import { directoryWith, errorOf } from '../../catalog/support.ts';
import { asNobody, asRoot, run } from './support.ts';

const OWNED = { prefix: 'app/', uid: 1234, gid: 5678 };

async function packed(root: string): Promise<Buffer> {
  return buffer(packFiles(root, await listFiles(root), OWNED));
}

/** A directory into which the system's tar put what the stream holds. */
async function extracted(tar: Readable): Promise<string> {
  const directory = await directoryWith({ 'x.tar': await buffer(tar) });
  await run('tar', '-xpf', path.join(directory, 'x.tar'), '-C', directory);
  await rm(path.join(directory, 'x.tar'));
  return directory;
}

const long = `${'ä'.repeat(60)}/${'b'.repeat(140)}/${'c'.repeat(150)}`;

describe('a tar', () => {
  test('is extracted as the tree that was listed', async () => {
    const content = { 'a.txt': 'A', empty: '', [`${long}/x`]: 'X', 'bin/run': '#!', big: '' };
    const root = await directoryWith({ ...content, 'node_modules/x': '' });
    await writeFile(path.join(root, 'big'), Buffer.alloc(3 * 2 ** 20, 'big '));
    await chmod(path.join(root, 'bin/run'), 0o4700);
    await symlink('bin/run', path.join(root, 'link'));
    await symlink(`${long}/x`, path.join(root, 'far'));
    const files = await listFiles(root);
    const app = path.join(await extracted(packFiles(root, files, OWNED)), 'app');
    expect(await listFiles(app)).toEqual(files);
    expect(await readFile(path.join(app, 'big'))).toEqual(await readFile(path.join(root, 'big')));
    expect(await readFile(path.join(app, long, 'x'), 'utf8')).toBe('X');
    expect(await readlink(path.join(app, 'far'))).toBe(`${long}/x`);
    expect((await lstat(path.join(app, 'bin/run'))).mode & 0o7777).toBe(0o755);
  });

  test('begins with its prefix, and gives all to one owner at one time', async () => {
    const root = await directoryWith({ 'src/x': '' });
    const directory = await directoryWith({ 'x.tar': await packed(root) });
    const listing = await run(
      'tar',
      '--utc',
      '--full-time',
      '--numeric-owner',
      '-tvf',
      path.join(directory, 'x.tar'),
    );
    expect(
      listing
        .trim()
        .split('\n')
        .map((line) => line.replace(/\s+/g, ' ')),
    ).toEqual([
      'drwxr-xr-x 1234/5678 0 1970-01-01 00:00:00 app/',
      'drwxr-xr-x 1234/5678 0 1970-01-01 00:00:00 app/src/',
      '-rw-r--r-- 1234/5678 0 1970-01-01 00:00:00 app/src/x',
    ]);
  });

  test.skipIf(!asRoot)('is extracted with its owner (only root can give files away)', async () => {
    const root = await directoryWith({ 'src/x': '' });
    await symlink('x', path.join(root, 'src/link'));
    const directory = await extracted(packFiles(root, await listFiles(root), OWNED));
    for (const name of ['app', 'app/src', 'app/src/x', 'app/src/link']) {
      const { uid, gid } = await lstat(path.join(directory, name));
      expect([name, uid, gid]).toEqual([name, 1234, 5678]);
    }
  });

  test('of an equal tree is equal, byte for byte', async () => {
    const [one, other] = await Promise.all([1, 2].map(() => directoryWith({ 'a/x': '1', b: '2' })));
    await utimes(path.join(other!, 'a/x'), 1, 1);
    await chmod(path.join(other!, 'b'), 0o600);
    expect((await packed(one!)).equals(await packed(other!))).toBe(true);
  });
});

describe('what changed since it was listed is caught:', () => {
  const changes: [string, (file: string) => Promise<unknown>][] = [
    ['gone', (file) => rm(file)],
    ['grown', (file) => writeFile(file, '12345')],
    ['shorter', (file) => truncate(file, 3)],
    [
      'a link to a file of the same size',
      async (file) => {
        await rename(file, `${file}.old`);
        await symlink(`${path.basename(file)}.old`, file);
      },
    ],
    [
      'a FIFO',
      async (file) => {
        await rm(file);
        await run('mkfifo', file);
      },
    ],
    [
      'a directory',
      async (file) => {
        await rm(file);
        await mkdir(file);
      },
    ],
    [
      'below a link to a directory',
      async (file) => {
        await rename(path.dirname(file), `${path.dirname(file)}.old`);
        await symlink('dir.old', path.dirname(file));
      },
    ],
  ];

  test.each(changes)('%s', async (_, change) => {
    const root = await directoryWith({ 'a.txt': '', 'dir/file': '1234', z: '' });
    const files = await listFiles(root);
    await change(path.join(root, 'dir/file'));
    expect(await errorOf(buffer(packFiles(root, files, OWNED)))).toBe(
      'usage: dir/file changed while the submission was being read.\nhint: Grade again when nothing writes there; leave out with .dockerignore what programs write as they run.',
    );
  });

  test('grown while it is read', async () => {
    const root = await directoryWith({ log: Buffer.alloc(20 * 2 ** 20) });
    const tar = packFiles(root, await listFiles(root), OWNED);
    // What is read ahead is less than the file.
    await delay(50);
    await writeFile(path.join(root, 'log'), 'more', { flag: 'a' });
    expect(await errorOf(buffer(tar))).toMatch(/^usage: log changed while/);
  });

  test('not readable any more', async () => {
    const root = await directoryWith({ key: 'x' });
    const files = await listFiles(root);
    await chmod(root, 0o755);
    await chmod(path.join(root, 'key'), 0);
    expect(await asNobody(() => errorOf(buffer(packFiles(root, files, OWNED))))).toMatch(
      /^usage: key cannot be read \(EACCES\)\.\n/,
    );
  });
});

// Linux tells which files are open by name.
test.skipIf(process.platform !== 'linux')(
  'a stream reads little further than it is read, and lets go of the file when it is destroyed',
  async () => {
    const root = await directoryWith({ huge: '' });
    const file = path.join(root, 'huge');
    await truncate(file, 50 * 2 ** 20);
    const files = await listFiles(root);
    const bytesBefore = process.memoryUsage.rss();
    const tars = Array.from({ length: 4 }, () => packFiles(root, files, OWNED));
    for (const tar of tars) tar.once('data', () => tar.pause());
    await expect.poll(() => timesOpen(file)).toBe(4);
    // Time enough to read all 200 MiB, were they read.
    await delay(300);
    expect(timesOpen(file)).toBe(4);
    expect(process.memoryUsage.rss() - bytesBefore).toBeLessThan(100 * 2 ** 20);
    for (const tar of tars) tar.destroy();
    await expect.poll(() => timesOpen(file)).toBe(0);
  },
);

function timesOpen(file: string): number {
  const descriptors = readdirSync('/proc/self/fd');
  return descriptors.filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`) === file;
    } catch {
      return false;
    }
  }).length;
}

describe('files from memory', () => {
  test('are extracted with the directories they are in', async () => {
    const tar = packEntries(
      [
        { path: 'lib/a/main.js', content: 'ä' },
        { path: 'lib/run', content: Buffer.from([0, 255]), mode: 0o755 },
        { path: 'empty', content: '' },
      ],
      { ...OWNED, prefix: 'relay/' },
    );
    const directory = await extracted(tar);
    expect(await listFiles(directory)).toEqual([
      { path: 'relay', kind: 'directory', mode: 0o755, size: 0 },
      { path: 'relay/empty', kind: 'file', mode: 0o644, size: 0 },
      { path: 'relay/lib', kind: 'directory', mode: 0o755, size: 0 },
      { path: 'relay/lib/a', kind: 'directory', mode: 0o755, size: 0 },
      { path: 'relay/lib/a/main.js', kind: 'file', mode: 0o644, size: 2 },
      { path: 'relay/lib/run', kind: 'file', mode: 0o755, size: 2 },
    ]);
    expect(await readFile(path.join(directory, 'relay/lib/a/main.js'), 'utf8')).toBe('ä');
  });

  test('stand alone without a prefix', async () => {
    const tar = packEntries([{ path: 'x', content: 'X' }], { ...OWNED, prefix: '' });
    expect(await listFiles(await extracted(tar))).toHaveLength(1);
  });
});
