import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { exists } from './exists.ts';
import { removeTree } from './run-directory.ts';

/** All that labs keeps in the cache, a directory each. */
const PARTS = ['built', 'installed', 'packs', 'postgres', 'verify'] as const;

/** @param cache perhaps with things of others in it: the user may have named any directory */
export function inCache(cache: string, part: (typeof PARTS)[number], ...names: string[]): string {
  return path.join(cache, part, ...names);
}

/**
 * Removes what labs made, and the cache itself where nothing else is in it.
 * @returns paths of what was there
 */
export async function removeCache(cache: string): Promise<string[]> {
  const removed: string[] = [];
  for (const part of PARTS) {
    const directory = inCache(cache, part);
    if (!(await exists(directory))) continue;
    await removeTree(directory);
    removed.push(directory);
  }
  // It is empty of ours all the same where others have something in it, or a volume is mounted there.
  await rmdir(cache).catch(() => {});
  return removed;
}
