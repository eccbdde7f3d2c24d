import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { atomicFile } from '../../../src/platform/atomic-file.ts';
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
