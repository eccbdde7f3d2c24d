import { setTimeout as sleep } from 'node:timers/promises';
import { findMarkedProcesses, signalProcess } from './process-table.ts';
import { RUN_VARIABLE } from './run-directory.ts';

const ROUNDS = 20;
const PAUSE_MS = 20;

/**
 * Ends every process of a run, whoever its parent is, until none is found.
 *
 * With a grace, SIGINT comes first: Postgres then gives its shared memory back, which outlives a
 * server that is killed.
 *
 * @returns how many there were
 */
export async function killProcessesOf(runId: string, graceMs = 0): Promise<number> {
  const found = new Set<number>();
  const look = async () => {
    const pids = await findMarkedProcesses(RUN_VARIABLE, runId);
    for (const pid of pids) found.add(pid);
    return pids;
  };
  const graceEnds = performance.now() + graceMs;
  const asked = new Set<number>();
  while (performance.now() < graceEnds) {
    const pids = await look();
    if (pids.length === 0) return found.size;
    for (const pid of pids.filter((each) => !asked.has(each))) signalProcess(pid, 'SIGINT');
    for (const pid of pids) asked.add(pid);
    await sleep(PAUSE_MS);
  }
  // More than once: a process that forks while we look leaves a child that we have not seen.
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await look();
    if (pids.length === 0) break;
    for (const pid of pids) signalProcess(pid, 'SIGKILL');
    await sleep(PAUSE_MS);
  }
  return found.size;
}
