import { execFileSync } from 'node:child_process';
import { chmod, chown, link, mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type ListOptions, listFiles } from '../../../../src/apps/docker/context/files.ts';
import { directoryWith, errorOf } from '../../catalog/support.ts';
import { asNobody, asRoot, pathsIn, rawPath, run } from './support.ts';

const refused = (directory: string, options?: ListOptions) =>
  errorOf(listFiles(directory, options));

describe('what is no file is refused', () => {
  test('a FIFO, without waiting for it', async () => {
    const root = await directoryWith({ 'src/x': '' });
    await run('mkfifo', path.join(root, 'src/pipe'));
    expect(await refused(root)).toBe(
      'usage: src/pipe is a FIFO; only files, directories and symlinks can be sent.\nhint: Leave it out with a line in .dockerignore.',
    );
  });

  test('a socket', async () => {
    const root = await directoryWith();
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(path.join(root, 'app.sock'), resolve));
    onTestFinished(() => void server.close());
    expect(await refused(root)).toMatch(/^usage: app\.sock is a socket; /);
  });

  test.skipIf(!asRoot)('a device (only root can make one)', async () => {
    const root = await directoryWith();
    await run('mknod', path.join(root, 'zero'), 'c', '1', '5');
    expect(await refused(root)).toMatch(/^usage: zero is a device; /);
  });
});

describe('a symlink is refused', () => {
  test.each([
    ['/etc/passwd', 'an absolute path'],
    ['../../x', 'which is outside of the submission'],
    ['..//.././src/../../x', 'which is outside of the submission'],
    ['b/../../up/../x', 'which is outside of the submission'],
    ['../up/x', 'which is outside of the submission'],
    ['../abs/passwd', 'which leads to an absolute path'],
    ['link', 'which leads in a circle or through more than 8 symlinks'],
    ['../ring/x', 'which leads in a circle or through more than 8 symlinks'],
    ['../'.repeat(129), 'a path of more than 128 names'],
  ])('to %s', async (target, expected) => {
    const root = await directoryWith({
      'src/x': '',
      '.dockerignore': 'up\nabs\nring*\n!ring*\n!up\n!abs',
    });
    await symlink('..', path.join(root, 'up'));
    await symlink('/etc', path.join(root, 'abs'));
    await symlink('gnir', path.join(root, 'ring'));
    await symlink('ring', path.join(root, 'gnir'));
    await symlink(target, path.join(root, 'src/link'));
    const error = await refused(root);
    expect(error).toContain(
      `${expected}. Leave it out with a line in .dockerignore, or let it point into the submission, by a relative path.`,
    );
    expect(error).toMatch(/src\/link is a symlink to /);
  });

  test('with its target named', async () => {
    const root = await directoryWith({ 'src/x': '' });
    await symlink('../../secret', path.join(root, 'src/link'));
    expect(await refused(root)).toBe(
      'usage: src/link is a symlink to ../../secret, which is outside of the submission.\nhint: Leave it out with a line in .dockerignore, or let it point into the submission, by a relative path.',
    );
  });

  test('through a link to a directory below: `..` is taken from where that leads', async () => {
    const root = await directoryWith({ 'a/b/c/x': '' });
    await symlink('a/b/c', path.join(root, 'deep'));
    await symlink('deep/../../../x', path.join(root, 'inside'));
    await symlink('deep/../../../../x', path.join(root, 'outside'));
    expect(await refused(root)).toMatch(/^usage: outside is a symlink to .*\nhint: /);
  });

  test.each([
    ['not UTF-8', Buffer.from([0x61, 0xff]), 'is not valid UTF-8'],
    ['with an escape', Buffer.from('a\x1b[2J'), 'has control characters in it'],
    ['with a backslash', Buffer.from('..\\x'), 'has a backslash in it'],
    ['of 1,001 bytes', Buffer.alloc(1_001, 'a/'), 'is over 1000 bytes'],
  ])('to a target %s', async (_, target, expected) => {
    const root = await directoryWith();
    await symlink(target, path.join(root, 'link'));
    expect(await refused(root)).toMatch(`usage: link is a symlink, and its target ${expected}.`);
  });
});

test('symlinks within the tree are sent, dangling or not', async () => {
  const root = await directoryWith({ 'a/b/c/x': '' });
  const links: Record<string, string> = {
    self: '.',
    'a/up': '..',
    'a/b/far': '../../a/up/self/a/b',
    later: 'node_modules/.bin/tsc',
    nothing: 'a/no/such/../thing',
    chain: 'a/b/far/c/x',
  };
  for (const [name, target] of Object.entries(links)) await symlink(target, path.join(root, name));
  expect(await pathsIn(root)).toEqual(expect.arrayContaining(Object.keys(links)));
});

describe('a hard link is', () => {
  test('sent as what it holds', async () => {
    const root = await directoryWith({ a: 'text', 'b/x': '' });
    await link(path.join(root, 'a'), path.join(root, 'b/a'));
    expect(await listFiles(root)).toContainEqual({
      path: 'b/a',
      kind: 'file',
      mode: 0o644,
      size: 4,
    });
  });

  test.skipIf(!asRoot)("refused where it is to somebody else's file (needs root)", async () => {
    const root = await directoryWith({ secret: '' });
    const other = await directoryWith();
    await chown(other, 1234, 1234);
    await link(path.join(root, 'secret'), path.join(other, 'mine'));
    expect(await refused(other)).toBe(
      "usage: mine is a hard link to a file that belongs to user 0, not to the submission's owner.\nhint: Leave it out with a line in .dockerignore, or put a copy in its place.",
    );
  });
});

describe('a name is refused', () => {
  test.each([
    ['that is not UTF-8', [0x61, 0xff, 0x62], 'a\ufffdb has a name that is not valid UTF-8'],
    [
      'with half a surrogate',
      [0xed, 0xa0, 0x80],
      '\ufffd\ufffd\ufffd has a name that is not valid UTF-8',
    ],
    ['with a newline', [0x61, 0x0a, 0x62], 'a\ufffdb has a name that has control characters in it'],
    [
      'with an escape',
      [0x1b, 0x5b, 0x32, 0x4a, 0x61],
      'a has a name that has control characters in it',
    ],
    ['with C1', [0x61, 0xc2, 0x85], 'a\ufffd has a name that has control characters in it'],
    ['with a backslash', [0x61, 0x5c, 0x62], 'a\\b has a name that has a backslash in it'],
  ])('%s', async (_, name, expected) => {
    const root = await directoryWith();
    await writeFile(rawPath(root, name), '');
    expect(await refused(root)).toBe(
      `usage: ${expected}.\nhint: Leave it out with a line in .dockerignore, or give it another name.`,
    );
  });

  test.each([
    ['case', 'README', 'readme'],
    ['case of Greek', 'ΣΑΣ', 'σας'],
    ['case of directories', 'Src/a', 'src/b'],
    ['Unicode normalisation', 'e\u0301t\u00e9', '\u00e9te\u0301'],
    ['full folding', 'stra\u00dfe', 'STRASSE'],
  ])('that differs from another only by %s', async (_, one, other) => {
    const root = await directoryWith({ [one]: '', [other]: '' });
    const [a, b] = [one, other].map((name) => name.split('/')[0]).sort();
    expect(await refused(root)).toBe(
      `usage: ${a} and ${b} are one name to a disk that heeds no case or no Unicode normalisation.\nhint: Leave it out with a line in .dockerignore, or rename one of them.`,
    );
  });

  test('only beside the other one', async () => {
    const root = await directoryWith({ 'a/README': '', 'b/readme': '' });
    expect(await pathsIn(root)).toEqual(['a', 'a/README', 'b', 'b/readme']);
  });

  test('and shown on one line, however long', async () => {
    const root = await directoryWith({ [`${'a\n'.repeat(100)}/${'b'.repeat(200)}/x`]: '' });
    const [message] = (await refused(root)).split('\nhint');
    expect(message).toMatch(/^usage: (a\ufffd)+… \(\+80 characters\) has a name/);
  });
});

describe('too much is refused:', () => {
  test('a path of over 1,000 bytes', async () => {
    const name = 'ä'.repeat(100);
    const root = await directoryWith({ [`${`${name}/`.repeat(4)}${'x'.repeat(196)}`]: '' });
    expect(await pathsIn(root)).toHaveLength(5);
    await writeFile(path.join(root, `${name}/`.repeat(4), 'y'.repeat(197)), '');
    expect(await refused(root)).toMatch(/ has a path of more than 1000 bytes\.\nhint: /);
  });

  test('65 levels, and what is below is not looked at', async () => {
    const root = await directoryWith({ [`${'d/'.repeat(63)}x`]: '' });
    expect(await pathsIn(root)).toHaveLength(64);
    await mkdir(path.join(root, 'd/'.repeat(64), 'e/f'), { recursive: true });
    await writeFile(path.join(root, 'd/'.repeat(64), 'a'), '');
    const error = await refused(root);
    expect(error).toMatch(/^usage: d\/d\/.* is more than 64 levels deep\.\n/);
    expect(error).not.toContain('and 1 more');
    expect(error.match(/levels deep/g)).toHaveLength(2);
  });

  test('a tree deeper than any path can be', async () => {
    const root = await directoryWith();
    // Node.js itself cannot remove it.
    onTestFinished(() => void execFileSync('rm', ['-rf', root]));
    const name = 'x'.repeat(200);
    await run(
      'sh',
      '-c',
      `cd ${root}; for i in $(seq 30); do mkdir ${name}; cd -P ${name}; done; touch end`,
    );
    expect(await refused(root)).toMatch(/ has a path of more than 1000 bytes/);
    await writeFile(path.join(root, '.dockerignore'), '*\n!**/end');
    expect(await pathsIn(root)).toEqual([]);
  });

  test('a file of over 50 MiB, though it is a hole', async () => {
    const root = await directoryWith({ 'a.bin': '', 'b.bin': '', 'c.bin': '' });
    await truncate(path.join(root, 'a.bin'), 50 * 2 ** 20);
    await truncate(path.join(root, 'b.bin'), 50 * 2 ** 20 + 1);
    expect(await refused(root)).toBe(
      'usage: b.bin is 50.1 MiB; one file may be 50 MiB at most.\nhint: Leave it out with a line in .dockerignore, or make it smaller.',
    );
  });

  test('over 200 MiB together', async () => {
    const root = await directoryWith({ a: '', b: '', c: '', d: '', e: 'x' });
    for (const name of 'abcd') await truncate(path.join(root, name), 50 * 2 ** 20);
    expect(await refused(root)).toBe(
      "usage: The submission's files are 200.1 MiB together; at most 200 MiB are sent.\nhint: Leave out with .dockerignore what the app does not need. The largest: a (50 MiB), b (50 MiB), c (50 MiB).",
    );
  });

  test('files, though each is small', async () => {
    const root = await directoryWith({ 'data/0': '' });
    await run('sh', '-c', `cd ${root}/data; seq 1 2000 | xargs touch`);
    expect(await refused(root, { limits: { maxEntries: 2_000 } })).toMatch(
      /^usage: The submission has more than 2,000 files and directories\.\nhint: Leave out with \.dockerignore the directories that the app does not need\. The most, 2,0\d\d, are in data\.$/,
    );
  });

  test('the walk ends where the limit is reached', async () => {
    const files = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`d${i % 3}/${i}`, '']));
    const root = await directoryWith(files);
    const error = await refused(root, { limits: { maxEntries: 10 } });
    expect(error).toMatch(
      /more than 10 files and directories.*\nhint: .* The most, 6\d, are in d\d\.$/,
    );
  });

  test('names that are left out one by one', async () => {
    const files = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`data/${i}.log`, '']));
    const root = await directoryWith({ ...files, '.dockerignore': 'data/*.log' });
    expect(await pathsIn(root, { limits: { maxEntries: 2 } })).toEqual(['.dockerignore', 'data']);
    expect(await refused(root, { limits: { maxNamesSeen: 100 } })).toMatch(
      /^usage: The submission has more than 100 names .*; the last of them are in data\.\nhint: /,
    );
  });
});

describe('what cannot be read is refused', () => {
  test.each([
    ['a file', 'secret/key', 0o000, 'secret/key'],
    ['a directory', 'secret', 0o311, 'secret'],
    ['what is in a directory without the right to go there', 'secret', 0o644, 'secret/key'],
  ])('%s', async (_, name, mode, expected) => {
    const root = await directoryWith({ 'secret/key': 'x' });
    await chmod(root, 0o755);
    await chmod(path.join(root, name), mode);
    onTestFinished(() => chmod(path.join(root, name), 0o755));
    expect(await asNobody(() => refused(root))).toBe(
      `usage: ${expected} cannot be read (EACCES).\nhint: Leave it out with a line in .dockerignore, or see its permissions.`,
    );
  });

  test('unless it is left out, for all that something in it may not be', async () => {
    const root = await directoryWith({ 'secret/key': 'x', '.dockerignore': 'secret\n!**/x' });
    await chmod(root, 0o755);
    await chmod(path.join(root, 'secret'), 0);
    onTestFinished(() => chmod(path.join(root, 'secret'), 0o755));
    expect(await asNobody(() => pathsIn(root))).toEqual(['.dockerignore']);
  });

  test.each([
    ['nothing', 'nowhere', 'cannot be read (ENOENT)'],
    ['a file', 'file', 'is no directory'],
  ])('where the directory is %s', async (_, name, expected) => {
    const root = path.join(await directoryWith({ file: '' }), name);
    expect(await refused(root)).toBe(`usage: ${root} ${expected}.`);
  });
});

test('of several problems five are named', async () => {
  const root = await directoryWith({ 'a\\': '', 'b\\': '', ok: '' });
  for (const name of 'cdefg') await symlink('/', path.join(root, name));
  expect(await refused(root)).toBe(
    `usage: a\\ has a name that has a backslash in it.
b\\ has a name that has a backslash in it. Leave it out with a line in .dockerignore, or give it another name.
c is a symlink to /, an absolute path. Leave it out with a line in .dockerignore, or let it point into the submission, by a relative path.
d is a symlink to /, an absolute path. Leave it out with a line in .dockerignore, or let it point into the submission, by a relative path.
e is a symlink to /, an absolute path. Leave it out with a line in .dockerignore, or let it point into the submission, by a relative path.
and 2 more
hint: Leave it out with a line in .dockerignore, or give it another name.`,
  );
});
