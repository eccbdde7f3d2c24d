import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { listFiles } from '../../../../src/apps/docker/context/files.ts';
import { directoryWith } from '../../catalog/support.ts';
import { pathsIn } from './support.ts';

test('a submission is listed with what is in it, by sorted path', async () => {
  const root = await directoryWith({ 'src/main.ts': 'serve()', 'labs.yaml': '', 'src-old': 'x' });
  await mkdir(path.join(root, 'empty'));
  await symlink('src/main.ts', path.join(root, 'main.ts'));
  expect(await listFiles(root)).toEqual([
    { path: 'empty', kind: 'directory', mode: 0o755, size: 0 },
    { path: 'labs.yaml', kind: 'file', mode: 0o644, size: 0 },
    { path: 'main.ts', kind: 'symlink', mode: 0o777, size: 0, target: 'src/main.ts' },
    { path: 'src', kind: 'directory', mode: 0o755, size: 0 },
    { path: 'src-old', kind: 'file', mode: 0o644, size: 1 },
    { path: 'src/main.ts', kind: 'file', mode: 0o644, size: 7 },
  ]);
});

test('of the mode only whether the owner may execute is kept', async () => {
  const root = await directoryWith({ suid: '', secret: '', group: '', 'drop/x': '' });
  await chmod(path.join(root, 'suid'), 0o6711);
  await chmod(path.join(root, 'secret'), 0o600);
  await chmod(path.join(root, 'group'), 0o477);
  await chmod(path.join(root, 'drop'), 0o3700);
  const modes = (await listFiles(root)).map((file) => [file.path, file.mode]);
  expect(Object.fromEntries(modes)).toEqual({
    suid: 0o755,
    secret: 0o644,
    group: 0o644,
    drop: 0o755,
    'drop/x': 0o644,
  });
});

describe('left out at any depth', () => {
  const names = [
    '.git',
    '.labs',
    'labs-report.html',
    '__pycache__',
    'node_modules',
    '.venv',
    'venv',
  ];

  test('are history, notes, reports and what an install step makes, whatever they are', async () => {
    const root = await directoryWith({ 'app/main.py': '' });
    for (const name of names) {
      await mkdir(path.join(root, name));
      await writeFile(path.join(root, name, 'x'), '');
      await symlink('/etc', path.join(root, 'app', name));
    }
    expect(await pathsIn(root)).toEqual(['app', 'app/main.py']);
  });

  test('are not the dependencies where nothing installs them', async () => {
    const root = await directoryWith(
      Object.fromEntries(names.map((name) => [`app/${name}/x`, ''])),
    );
    expect(await pathsIn(root, { keepInstalled: true })).toEqual([
      'app',
      ...['.venv', 'node_modules', 'venv'].flatMap((name) => [`app/${name}`, `app/${name}/x`]),
    ]);
  });

  test('are not names that resemble them', async () => {
    const root = await directoryWith({ '.gitignore': '', 'node_modules.md': '', 'env/x': '' });
    expect(await pathsIn(root)).toEqual(['.gitignore', 'env', 'env/x', 'node_modules.md']);
  });
});

test('a name that begins with a byte order mark keeps it', async () => {
  const root = await directoryWith({ '\ufeffmain.ts': '' });
  expect(await pathsIn(root)).toEqual(['\ufeffmain.ts']);
});
