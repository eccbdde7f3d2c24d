import { mkdir, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { listFiles } from '../../../../src/apps/docker/context/files.ts';
import { directoryWith, errorOf } from '../../catalog/support.ts';
import { pathsIn, rawPath, run } from './support.ts';

/** What of `names` is sent, besides the .dockerignore itself. */
async function kept(patterns: string, ...names: string[]): Promise<string[]> {
  const files = Object.fromEntries(names.map((name) => [name, '']));
  const root = await directoryWith({ ...files, '.dockerignore': patterns });
  return (await pathsIn(root)).filter((name) => name !== '.dockerignore');
}

describe('.dockerignore', () => {
  test.each([
    ['a directory', 'data\n', ['data/x', 'src/data'], ['src', 'src/data']],
    ['a slash before and behind', '/data/\r\n', ['data/x'], []],
    ['any depth', '**/*.log', ['a.log', 'b/c.log', 'b/d'], ['b', 'b/d']],
    ['one character of some', '*.py[cod]', ['a.pyc', 'a.pyx'], ['a.pyx']],
    ['upper case as another', 'README', ['readme'], ['readme']],
    ['comments and empty lines', '# x\n\n  \nx', ['# x', 'x'], ['# x']],
    ['a byte order mark', '\ufeffx', ['x'], []],
    ['characters of regular expressions', 'C++ (1)|{2}', ['C++ (1)|{2}', 'CC'], ['CC']],
    ['an escaped letter', '\\d', ['d', '1'], ['1']],
    ['an escaped star', '\\*', ['*', 'a'], ['a']],
    ['all but some', '*\n!src\n', ['src/a/b', 'c', 'd/e'], ['src', 'src/a', 'src/a/b']],
    [
      'an exception deep below',
      'a\n!a/b/c',
      ['a/b/c/d', 'a/b/e'],
      ['a', 'a/b', 'a/b/c', 'a/b/c/d'],
    ],
    ['an exception anywhere', 'a\n!**/*.md', ['a/b/c.md', 'a/d/e'], ['a', 'a/b', 'a/b/c.md']],
    ['an exception in vain', 'a\n!a/b\na/b', ['a/b'], []],
    ['an exception to nothing', 'a\n!abc', ['a/b'], []],
  ])('knows %s', async (_, patterns, names, expected) => {
    expect(await kept(patterns, ...names)).toEqual(expected);
  });

  test('may be left out itself, labs.yaml never', async () => {
    expect(await kept('*', 'labs.yaml', 'src/labs.yaml')).toEqual(['labs.yaml']);
  });

  test('does not bring back what is never sent', async () => {
    expect(await kept('!node_modules\n!.git', 'node_modules/x', '.git/config')).toEqual([]);
  });

  test('spares what it leaves out from being judged', async () => {
    const root = await directoryWith({
      '.dockerignore': 'data\nout*\n*.bin\n*.log\n!a.log',
      'data/a\\b': '',
    });
    await run('mkfifo', path.join(root, 'data/fifo'));
    await symlink('/etc/passwd', path.join(root, 'out'));
    await writeFile(path.join(root, 'huge.bin'), '');
    await truncate(path.join(root, 'huge.bin'), 2 ** 40);
    await writeFile(rawPath(root, [0x6f, 0x75, 0x74, 0xff]), '');
    expect(await pathsIn(root)).toEqual(['.dockerignore']);
  });

  test('leaves the parents of an exception to be judged', async () => {
    const root = await directoryWith({
      '.dockerignore': '*\n!**/README',
      'a\\b/README': '',
      'c\\d/x': '',
    });
    expect(await errorOf(listFiles(root))).toMatch(/^usage: a\\b has a name that has a backslash/);
  });
});

describe('.dockerignore is refused', () => {
  test.each([
    ['as a link', (file: string) => symlink('/etc/passwd', file), 'is no regular file'],
    ['as a dangling link', (file: string) => symlink('nowhere', file), 'is no regular file'],
    ['as a directory', (file: string) => mkdir(file), 'is no regular file'],
    ['as a FIFO', (file: string) => run('mkfifo', file), 'is no regular file'],
    ['of 10 MB', (file: string) => writeFile(file, 'x\n'.repeat(5e6)), 'has more than 65536 bytes'],
    [
      'of many patterns',
      (file: string) => writeFile(file, 'x\n'.repeat(1_001)),
      'has more than 1000 patterns',
    ],
    [
      'of a long pattern',
      (file: string) => writeFile(file, `x\n${'x'.repeat(1_001)}`),
      'has a pattern of more than 1000 bytes in line 2',
    ],
  ])('%s', async (_, make: (file: string) => Promise<unknown>, expected) => {
    const root = await directoryWith();
    await make(path.join(root, '.dockerignore'));
    expect(await errorOf(listFiles(root))).toContain(`usage: .dockerignore ${expected}.\nhint: `);
  });

  test.each(['[z-a]', '[a', '!x['])('with the line of %s', async (pattern) => {
    const root = await directoryWith({ '.dockerignore': `# 1\nx\n${pattern}` });
    expect(await errorOf(listFiles(root))).toBe(
      `usage: .dockerignore:3: ${pattern} is no pattern.\nhint: See what stands in [ ], or write \\[ for the character itself.`,
    );
  });

  test.each([
    ['(((a+)+)+)+$', 'listed'],
    ['*a*a*a*a*a*a*a*b', 'The patterns of .dockerignore take over 0.3 s to match.'],
    ['**/**/**/**/**/**/**/b', 'The patterns of .dockerignore take over 0.3 s to match.'],
  ])('where %s would be matched for ever', async (pattern, expected) => {
    const deep = `${'a/'.repeat(60)}${'a'.repeat(250)}`;
    const root = await directoryWith({
      '.dockerignore': pattern,
      ['a'.repeat(250)]: '',
      [deep]: '',
    });
    const outcome = await listFiles(root, { limits: { maxIgnoreMs: 300 } }).then(
      () => 'listed',
      (error: Error) => error.message,
    );
    expect(outcome).toBe(expected);
  });
});
