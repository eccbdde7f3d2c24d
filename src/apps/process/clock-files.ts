import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { isAlive } from '../../platform/process-table.ts';
import type { RunOwner } from '../../platform/run-directory.ts';

/** Where POSIX shared memory and semaphores are files, shm_overview(7). */
export const SHARED = '/dev/shm';

/** With its owner in it: pid, and when that process began. */
export function clockName({ pid, started }: RunOwner, id: string): string {
  return `labs-clock.${pid}-${started}.${id}`;
}

const NAME = /^(?:sem\.)?labs-clock\.(\d+)-(\w+)\./;

/**
 * Removes what runs left whose process was killed before it could clean up.
 * @returns the names of the files
 */
export async function sweepClocks(): Promise<string[]> {
  const removed: string[] = [];
  for (const name of await readdir(SHARED).catch(() => [])) {
    const [, pid, started] = NAME.exec(name) ?? [];
    if (pid === undefined || started === undefined) continue;
    if (await isAlive({ pid: Number(pid), started })) continue;
    // Another user's is left to that user.
    await rm(path.join(SHARED, name), { force: true }).then(
      () => removed.push(name),
      () => {},
    );
  }
  return removed;
}
