import { chmod, mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LabEntry } from '../../../src/core/lab.ts';
import { type StartRequest, startWorkspace } from '../../../src/workspace/start.ts';
import { packageName } from '../../../src/workspace/template.ts';
import { directoryWith, errorOf } from '../catalog/support.ts';

const PACK = {
  'labs/alpha/README.md': '# Alpha',
  'labs/alpha/openapi.yaml': 'openapi: 3.1.0',
  'labs/alpha/schema.sql': 'CREATE TABLE things (id int);',
  'templates/typescript/labs.yaml': 'lab: alpha',
  'templates/typescript/package.json': '{"name": "template", "type": "module"}',
  'templates/typescript/package-lock.json':
    '{"name": "template", "packages": {"": {"name": "template"}}}',
  'templates/typescript/gitignore': 'node_modules/',
  'templates/typescript/npmrc': 'fund=false',
  'templates/typescript/src/main.ts': 'main();',
  'templates/typescript/src/gitignore': 'x',
  'templates/typescript/node_modules/a/index.js': '',
  'templates/typescript/dist/main.js': '',
  'templates/python/labs.yaml': 'lab: alpha',
  'templates/python/README.md': '# Alpha in Python',
};

async function setUp(files: Record<string, string> = {}) {
  const root = await directoryWith({ ...PACK, ...files });
  const home = await directoryWith();
  const lab = path.join(root, 'labs/alpha');
  const entry = {
    manifest: { id: 'alpha' },
    origin: { pack: 'test' },
    additions: [],
    paths: {
      manifest: path.join(lab, 'lab.yaml'),
      brief: path.join(lab, 'README.md'),
      contract: path.join(lab, 'openapi.yaml'),
      schema: path.join(lab, 'schema.sql'),
      grader: {},
      templates: {
        python: path.join(root, 'templates/python'),
        typescript: path.join(root, 'templates/typescript'),
      },
    },
  } as unknown as LabEntry;
  const start = (target: string, more: Partial<StartRequest> = {}) =>
    startWorkspace({
      entry,
      target: path.join(home, target),
      signal: new AbortController().signal,
      ...more,
    });
  return { home, start };
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .sort();
}

const FILES = [
  '.gitignore',
  '.npmrc',
  'README.md',
  'labs.yaml',
  'openapi.yaml',
  'package-lock.json',
  'package.json',
  'schema.sql',
  'src/.gitignore',
  'src/main.ts',
];

test('a workspace has the template, the brief, the contract and the tables', async () => {
  const { home, start } = await setUp();
  expect(await start('my-api')).toEqual({
    directory: path.join(home, 'my-api'),
    language: 'typescript',
  });
  expect(await filesIn(home)).toEqual(FILES.map((file) => `my-api/${file}`));
  expect((await stat(path.join(home, 'my-api'))).mode & 0o777).toBe(0o777 & ~process.umask());
});

test('its package is named after the directory', async () => {
  const { home, start } = await setUp();
  await start('My API');
  const read = async (file: string) =>
    JSON.parse(await readFile(path.join(home, 'My API', file), 'utf8'));
  expect(await read('package.json')).toEqual({ name: 'my-api', type: 'module' });
  expect(await read('package-lock.json')).toEqual({
    name: 'my-api',
    packages: { '': { name: 'my-api' } },
  });
});

test('the template’s own files go before those of the lab', async () => {
  const { home, start } = await setUp();
  await start('app', { language: 'python' });
  expect(await readFile(path.join(home, 'app/README.md'), 'utf8')).toBe('# Alpha in Python');
});

test('an empty directory is filled, and stays the same directory', async () => {
  const { home, start } = await setUp();
  await mkdir(path.join(home, 'here'));
  const before = await stat(path.join(home, 'here'));
  await start('here');
  expect(await filesIn(path.join(home, 'here'))).toEqual(FILES);
  expect((await stat(path.join(home, 'here'))).ino).toBe(before.ino);
});

test('directories above are made', async () => {
  const { home, start } = await setUp();
  await start('a/b/c');
  expect(await filesIn(path.join(home, 'a/b/c'))).toEqual(FILES);
});

describe('nothing is made', () => {
  test('where a file is', async () => {
    const { home, start } = await setUp();
    await writeFile(path.join(home, 'app'), 'mine');
    expect(await errorOf(start('app'))).toMatch(/^usage: .*app is a file, or would be inside/);
    expect(await errorOf(start('app/inner'))).toMatch(/^usage: .*inner is a file, or would be/);
    expect(await readFile(path.join(home, 'app'), 'utf8')).toBe('mine');
  });

  test('in a directory that is not empty', async () => {
    const { home, start } = await setUp();
    await mkdir(path.join(home, 'app'));
    await writeFile(path.join(home, 'app/notes.txt'), 'mine');
    expect(await errorOf(start('app'))).toBe(
      `usage: ${home}/app is not empty: it has notes.txt.\nhint: Name a directory that does not exist yet: \`labs start <lab> <directory>\`.`,
    );
    expect(await filesIn(home)).toEqual(['app/notes.txt']);
  });

  test('in an unknown language', async () => {
    const { home, start } = await setUp();
    expect(await errorOf(start('app', { language: 'typscript' }))).toBe(
      'usage: The lab alpha has no template in "typscript"; did you mean "typescript"?\nhint: There are: python, typescript. The contract can be met in any language.',
    );
    expect(await readdir(home)).toEqual([]);
  });

  test.each(['app', 'a/b/app'])('of %s where it is interrupted', async (target) => {
    const { home, start } = await setUp();
    const error = await errorOf(start(target, { signal: AbortSignal.abort() }));
    expect(error).toBe('interrupted: Interrupted.');
    expect(await readdir(home)).toEqual([]);
  });

  test('in an empty directory where it is interrupted', async () => {
    const { home, start } = await setUp();
    await mkdir(path.join(home, 'app'));
    await errorOf(start('app', { signal: AbortSignal.abort() }));
    expect(await readdir(path.join(home, 'app'))).toEqual([]);
  });

  test('where the template is faulty', async () => {
    const { home, start } = await setUp({ 'templates/typescript/package.json': '{' });
    await expect(start('app')).rejects.toThrow();
    expect(await readdir(home)).toEqual([]);
  });

  test('under a name that is too long', async () => {
    const { home, start } = await setUp();
    expect(await errorOf(start('x'.repeat(300)))).toMatch(
      /^usage: .* cannot be made: ENAMETOOLONG/,
    );
    expect(await readdir(home)).toEqual([]);
  });

  test.skipIf(process.getuid?.() === 0)(
    'without permission (skipped for root, who has every)',
    async () => {
      const { home, start } = await setUp();
      await chmod(home, 0o555);
      expect(await errorOf(start('app'))).toMatch(
        /^environment: The workspace .*app cannot be made: permission denied\./,
      );
      await chmod(home, 0o755);
    },
  );
});

test.each([
  ['My API', 'my-api'],
  ['Café', 'cafe'],
  ['.hidden_', 'hidden'],
  ['任务', 'my-app'],
  ['node_modules', 'my-app'],
  ['x'.repeat(300), 'x'.repeat(100)],
])('the directory %s makes the package %s', (directory, name) => {
  expect(packageName(directory)).toBe(name);
});
