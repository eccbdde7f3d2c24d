import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeWholeFile } from '../../../src/platform/whole-file.ts';
import { scratch } from '../../support/cli.ts';

let place: ReturnType<typeof scratch>;
let file: string;
beforeEach(() => {
  place = scratch('whole-file');
  file = path.join(place.path, 'a.tar');
  writeFileSync(file, 'old');
});
afterEach(() => place.remove());
const { signal } = new AbortController();

it('puts the new in the place of the old when it is whole', async () => {
  const source = new PassThrough();
  const writing = writeWholeFile(file, [source], signal);
  source.write('n');
  await expect.poll(() => readdirSync(place.path)).toHaveLength(2);
  expect(readFileSync(file, 'utf8')).toBe('old');
  source.end('ew!');
  expect(await writing).toBe(4);
  expect(readFileSync(file, 'utf8')).toBe('new!');
  expect(readdirSync(place.path)).toEqual(['a.tar']);
});

it('leaves the old where the source breaks off', async () => {
  const source = Readable.from(
    (async function* () {
      yield 'new';
      throw new Error('broken');
    })(),
  );
  await expect(writeWholeFile(file, [source], signal)).rejects.toThrow('broken');
  expect(readFileSync(file, 'utf8')).toBe('old');
  expect(readdirSync(place.path)).toEqual(['a.tar']);
});
