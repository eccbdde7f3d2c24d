import { setTimeout as sleep } from 'node:timers/promises';
import { findMarkedProcesses, signalProcess } from './process-table.ts';
import { RUN_VARIABLE } from './run-directory.ts';

const ROUNDS = 20;

/**
 * Kills every process of a run, whoever its parent is, until none is found.
 * @returns how many there were
 */
export async function killProcessesOf(runId: string): Promise<number> {
  const killed = new Set<number>();
  // More than once: a process that forks while we look leaves a child that we have not seen.
  for (let round = 0; round < ROUNDS; round += 1) {
    const pids = await findMarkedProcesses(RUN_VARIABLE, runId);
    if (pids.length === 0) break;
    for (const pid of pids) {
      killed.add(pid);
      signalProcess(pid, 'SIGKILL');
    }
    await sleep(10 * round);
  }
  return killed.size;
}
