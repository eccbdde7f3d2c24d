import { readFile } from 'node:fs/promises';
import { atomicFile } from '../../platform/atomic-file.ts';
import { inCache } from '../../platform/cache.ts';
import type { Durations } from './order.ts';

/** What was measured last time; a guess that costs nothing where it is wrong or gone. */
export async function readDurations(cache: string, lab: string): Promise<Map<string, number>> {
  try {
    const read: unknown = JSON.parse(await readFile(fileOf(cache, lab), 'utf8'));
    const entries = Object.entries(read as Record<string, unknown>);
    return new Map(entries.filter((entry): entry is [string, number] => Number.isFinite(entry[1])));
  } catch {
    return new Map();
  }
}

export async function keepDurations(cache: string, lab: string, known: Durations): Promise<void> {
  // Nothing of the verification hangs on it.
  await atomicFile(fileOf(cache, lab))(JSON.stringify(Object.fromEntries(known))).catch(() => {});
}

function fileOf(cache: string, lab: string): string {
  return inCache(cache, 'verify', `${lab}.json`);
}
