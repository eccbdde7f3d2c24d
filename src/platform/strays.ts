import { setTimeout as sleep } from 'node:timers/promises';
import {
  findMarkedProcesses,
  identifyProcess,
  isAlive,
  type ProcessIdentity,
  signalProcess,
} from './process-table.ts';
import { RUN_VARIABLE } from './run-directory.ts';

/** After the grace: what is killed ends as soon as the kernel gets to it. */
const KILL_MS = 5_000;
const PAUSE_MS = 20;

/**
 * Ends every process of a run, whoever its parent is, until none is found and those that were have
 * let go of what they held.
 *
 * With a grace, SIGINT comes first: Postgres then gives its shared memory back, which outlives a
 * server that is killed.
 *
 * @returns how many there were
 */
export async function killProcessesOf(runId: string, graceMs = 0): Promise<number> {
  const found = new Map<number, ProcessIdentity>();
  const look = async () => {
    const pids = await findMarkedProcesses(RUN_VARIABLE, runId);
    for (const pid of pids) if (!found.has(pid)) found.set(pid, await identifyProcess(pid));
    return pids;
  };
  // One that ends loses its environment, and with it the mark, before it closes its files.
  const areGone = async (marked: readonly number[]) =>
    marked.length === 0 && !(await Promise.all([...found.values()].map(isAlive))).includes(true);
  const graceEnds = performance.now() + graceMs;
  const asked = new Set<number>();
  while (performance.now() < graceEnds) {
    const pids = await look();
    if (await areGone(pids)) return found.size;
    for (const pid of pids.filter((each) => !asked.has(each))) signalProcess(pid, 'SIGINT');
    for (const pid of pids) asked.add(pid);
    await sleep(PAUSE_MS);
  }
  const killEnds = performance.now() + KILL_MS;
  // More than once: a process that forks while we look leaves a child that we have not seen.
  for (;;) {
    const pids = await look();
    if (await areGone(pids)) return found.size;
    for (const pid of pids) signalProcess(pid, 'SIGKILL');
    if (performance.now() >= killEnds) return found.size;
    await sleep(PAUSE_MS);
  }
}
