import { stat } from 'node:fs/promises';
import { findRuns, removeTree } from './run-directory.ts';
import { releaseSharedMemory } from './shared-memory.ts';
import { killProcessesOf } from './strays.ts';

export interface SweptRun {
  id: string;
  /** How many of its processes were still there. */
  processes: number;
}

/** A run whose record cannot be read may be at work, unless it is older than this. */
const UNREADABLE_AGE_MS = 60_000;
const GRACE_MS = 3_000;

/** Ends and removes what runs left behind whose process is gone. Runs at work are not touched. */
export async function sweepRuns(runs: string): Promise<SweptRun[]> {
  const swept: SweptRun[] = [];
  for (const run of await findRuns(runs)) {
    if (run.alive || (run.owner === undefined && !(await isOld(run.path)))) continue;
    const processes = await killProcessesOf(run.id, GRACE_MS);
    await releaseSharedMemory(run.path);
    await removeTree(run.path);
    swept.push({ id: run.id, processes });
  }
  return swept;
}

async function isOld(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined && Date.now() - found.mtimeMs > UNREADABLE_AGE_MS;
}
