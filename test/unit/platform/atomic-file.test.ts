import { mkdir, readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { atomicFile, freshFile } from '../../../src/platform/atomic-file.ts';
import { scratch } from '../../support/cli.ts';

const place = scratch('atomic');
afterAll(() => place.remove());

test('a file is replaced as a whole, in a directory that is made', async () => {
  const file = path.join(place.path, 'results', 'report.json');
  await atomicFile(file)('one\n');
  await atomicFile(file)('two\n');
  expect(await readFile(file, 'utf8')).toBe('two\n');
  expect(await readdir(path.dirname(file))).toEqual(['report.json']);
});

test('many may write it at once, and one of them has', async () => {
  const file = path.join(place.path, 'contended');
  await Promise.all(Array.from({ length: 20 }, (_, i) => atomicFile(file)(`${i}`)));
  expect(await readFile(file, 'utf8')).toMatch(/^\d+$/);
});

test('nothing is left where it cannot be written', async () => {
  await writeFile(path.join(place.path, 'file'), '');
  await expect(atomicFile(path.join(place.path, 'file', 'report.json'))('x')).rejects.toThrow();
  await expect(atomicFile(place.path)('x')).rejects.toThrow();
  expect((await readdir(place.path)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a fresh file takes the place of a link, and grows under its name', async () => {
  const victim = path.join(place.path, 'victim');
  const file = path.join(place.path, 'fresh', 'events');
  await writeFile(victim, 'not yours');
  await mkdir(path.dirname(file));
  await symlink(victim, file);
  await using handle = await freshFile(file);
  expect(await readFile(file, 'utf8')).toBe('');
  await handle.write('one\n');
  expect(await readFile(file, 'utf8')).toBe('one\n');
  await handle.write('two\n');
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
  expect(await readFile(victim, 'utf8')).toBe('not yours');
  expect(await readdir(path.dirname(file))).toEqual(['events']);
});

test('nothing is left where there can be no fresh file', async () => {
  await writeFile(path.join(place.path, 'file'), '');
  await expect(freshFile(path.join(place.path, 'file', 'events'))).rejects.toThrow();
  await expect(freshFile(place.path)).rejects.toThrow();
  const beside = await readdir(path.dirname(place.path));
  expect(beside.filter((name) => name.endsWith('.tmp'))).toEqual([]);
});
