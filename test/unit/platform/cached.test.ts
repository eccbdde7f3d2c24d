import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { cached, cachedAs } from '../../../src/platform/cached.ts';
import { draftName, type Maker, thisProcess } from '../../../src/platform/draft-name.ts';
import { scratch } from '../../support/cli.ts';

let place: ReturnType<typeof scratch>;
beforeEach(() => {
  place = scratch('cached');
});
afterEach(() => place.remove());

const at = (...names: string[]) => path.join(place.path, ...names);
const make = async (draft: string) => writeFileSync(path.join(draft, 'what'), 'made');

function leaveDraft(maker: Maker): string {
  const name = draftName('.draft-0123', maker);
  mkdirSync(at(name));
  writeFileSync(at(name, 'half'), '');
  return name;
}

it('is made once', async () => {
  await cached(at('one'), make);
  await cached(at('one'), () => Promise.reject(new Error('again')));
  expect(readFileSync(at('one/what'), 'utf8')).toBe('made');
});

it('is one where several make it at the same time', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => cached(at('one'), make)));
  expect(new Set(made)).toEqual(new Set([at('one')]));
  expect(readdirSync(place.path)).toEqual(['one']);
});

it('leaves nothing where it cannot be made', async () => {
  const half = async (draft: string) => {
    await make(draft);
    throw new Error('the network is gone');
  };
  await expect(cached(at('one'), half)).rejects.toThrow('the network is gone');
  expect(readdirSync(place.path)).toEqual([]);
});

it('may be called by what is in it', async () => {
  const byContent = async (draft: string) => {
    await make(draft);
    return at(readFileSync(path.join(draft, 'what'), 'utf8'));
  };
  expect(await cachedAs(place.path, byContent)).toBe(at('made'));
  expect(await cachedAs(place.path, byContent)).toBe(at('made'));
  expect(readdirSync(place.path)).toEqual(['made']);
});

it('takes away what others began who are gone, and nothing else', async () => {
  const here = await thisProcess();
  const reused = leaveDraft({ ...here, started: '1' });
  const others = [leaveDraft(here), leaveDraft({ ...here, host: 'another', started: '1' })];
  mkdirSync(at('.draft-of-a-letter'));
  await cached(at('one'), make);
  expect(existsSync(at(reused))).toBe(false);
  expect(readdirSync(place.path).sort()).toEqual([...others, '.draft-of-a-letter', 'one'].sort());
});
