import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Publication, publish } from '../../../../src/authoring/new/publish.ts';
import { scratch } from '../../../support/cli.ts';

let place: ReturnType<typeof scratch>;
const at = (...names: string[]) => path.join(place.path, ...names);
beforeEach(() => {
  place = scratch('publish');
});
afterEach(() => place.remove());

const write = (root: string, files: Record<string, string>, more: Partial<Publication> = {}) =>
  publish({
    root: at(root),
    files: new Map(Object.entries(files)),
    signal: new AbortController().signal,
    cwd: place.path,
    ...more,
  });

describe('files of a pack', () => {
  it('are written into a directory that is not there yet', async () => {
    await write('new/pack', { 'labs/a/lab.yaml': 'a', 'package.json': '{}' });
    expect(readFileSync(at('new/pack/labs/a/lab.yaml'), 'utf8')).toBe('a');
    expect(readdirSync(at('new'))).toEqual(['pack']);
    expect(readdirSync(at('new/pack'))).toEqual(['labs', 'package.json']);
  });

  it('join what is there', async () => {
    await write('pack', { 'labs/a/lab.yaml': 'a', 'graders/a/checks.yaml': 'one' });
    await write(
      'pack',
      { 'labs/b/lab.yaml': 'b', 'graders/a/index.ts': 'x' },
      { changed: new Map([['graders/a/checks.yaml', 'two']]) },
    );
    expect(readdirSync(at('pack')).sort()).toEqual(['graders', 'labs']);
    expect(readdirSync(at('pack/labs'))).toEqual(['a', 'b']);
    expect(readdirSync(at('pack/graders/a')).sort()).toEqual(['checks.yaml', 'index.ts']);
    expect(readFileSync(at('pack/graders/a/checks.yaml'), 'utf8')).toBe('two');
  });

  it('overwrite nothing, and then none is written', async () => {
    await write('pack', { 'labs/a/lab.yaml': 'mine' });
    const again = write('pack', { 'labs/a/README.md': 'new', 'labs/a/lab.yaml': 'theirs' });
    await expect(again).rejects.toThrow('pack/labs/a/lab.yaml is there already');
    expect(readFileSync(at('pack/labs/a/lab.yaml'), 'utf8')).toBe('mine');
    expect(readdirSync(at('pack/labs/a'))).toEqual(['lab.yaml']);
  });

  it('are all gone again where one cannot be written', async () => {
    await write('pack', { 'labs/a/lab.yaml': 'a' });
    mkdirSync(at('pack/graders'));
    // A file cannot be replaced where a directory stands.
    mkdirSync(at('pack/checks.yaml/inside'), { recursive: true });
    const changed = new Map([['checks.yaml', 'text']]);
    const failed = write(
      'pack',
      { 'labs/b/lab.yaml': 'b', 'graders/b/index.ts': 'b' },
      { changed },
    );
    await expect(failed).rejects.toThrow('Nothing was written to');
    expect(readdirSync(at('pack/labs'))).toEqual(['a']);
    expect(readdirSync(at('pack/graders'))).toEqual([]);
    expect(readdirSync(at('pack')).sort()).toEqual(['checks.yaml', 'graders', 'labs']);
  });

  it('leave nothing where it was interrupted', async () => {
    const signal = AbortSignal.abort();
    await expect(write('deep/new/pack', { a: 'a' }, { signal })).rejects.toThrow('Interrupted.');
    expect(existsSync(at('deep'))).toBe(false);
  });

  it.skipIf(process.getuid?.() === 0)('say that the directory cannot be written to', async () => {
    mkdirSync(at('locked'));
    chmodSync(at('locked'), 0o555);
    await expect(write('locked/pack', { a: 'a' })).rejects.toMatchObject({ kind: 'environment' });
  });

  it('are refused below a file', async () => {
    writeFileSync(at('file'), '');
    await expect(write('file/pack', { a: 'a' })).rejects.toMatchObject({ kind: 'usage' });
  });
});
