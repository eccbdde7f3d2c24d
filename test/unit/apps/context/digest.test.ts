import { chmod, rename, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { digestOf } from '../../../../src/apps/docker/context/digest.ts';
import { listFiles } from '../../../../src/apps/docker/context/files.ts';
import { directoryWith, errorOf } from '../../catalog/support.ts';

async function digest(root: string): Promise<string> {
  return digestOf(root, await listFiles(root));
}

async function tree(): Promise<string> {
  const root = await directoryWith({ 'a/x': 'one', 'a/y': 'two', 'node_modules/z': '' });
  await symlink('a', path.join(root, 'link'));
  return root;
}

test('equal trees have one digest, whatever is left out of them', async () => {
  const [one, other] = [await tree(), await tree()];
  await writeFile(path.join(other, 'node_modules/z'), 'other');
  await chmod(path.join(other, 'a/x'), 0o600);
  expect(await digest(one)).toMatch(/^[0-9a-f]{64}$/);
  expect(await digest(other)).toBe(await digest(one));
});

describe('another digest has a tree with another', () => {
  test.each<[string, (root: string) => Promise<unknown>]>([
    ['content', (root) => writeFile(path.join(root, 'a/x'), 'eno')],
    [
      'border between two files',
      async (root) => {
        await writeFile(path.join(root, 'a/x'), 'onet');
        await writeFile(path.join(root, 'a/y'), 'wo');
      },
    ],
    ['name', (root) => rename(path.join(root, 'a/x'), path.join(root, 'a/w'))],
    ['mode', (root) => chmod(path.join(root, 'a/x'), 0o755)],
    [
      'target',
      async (root) => {
        await symlink('a/x', path.join(root, 'new'));
        await rename(path.join(root, 'new'), path.join(root, 'link'));
      },
    ],
    [
      'kind',
      async (root) => {
        await writeFile(path.join(root, 'new'), 'a');
        await rename(path.join(root, 'new'), path.join(root, 'link'));
      },
    ],
    ['entry more', (root) => writeFile(path.join(root, 'z'), '')],
  ])('%s', async (_, change) => {
    const root = await tree();
    const before = await digest(root);
    await change(root);
    expect(await digest(root)).not.toBe(before);
  });
});

test('a content that says it is the next file is none', async () => {
  const one = await directoryWith({ a: '', b: '' });
  const other = await directoryWith({ a: '4:file1:b3:6440:1:0' });
  expect(await digest(one)).not.toBe(await digest(other));
});

test('what changed since it was listed is caught', async () => {
  const root = await tree();
  const files = await listFiles(root);
  await writeFile(path.join(root, 'a/y'), 'three');
  expect(await errorOf(digestOf(root, files))).toMatch(/^usage: a\/y changed while/);
});
