import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessSpec, RunningProcess } from '../port.ts';
import { type Readiness, type Unready, waitUntilReady } from '../readiness.ts';
import type { Usage } from './sandbox/usage.ts';

/** How many times its time an app may take that is still at work when it is over. */
const PATIENCE = 3;
const SAMPLE_MS = 500;
/** Less than this share of a CPU is what a program uses that only waits. */
const IDLE = 0.05;

/**
 * Waits until the process answers, has ended, or its time is over. Time is counted on a clock at
 * first; an app that by then has not had as much of a CPU, and wants more, is on a busy machine
 * rather than at fault, and gets up to three times as long.
 */
export async function waitForReadiness(
  running: RunningProcess,
  { readiness, readyTimeoutMs }: ProcessSpec,
  usage: () => Promise<Usage | undefined>,
  signal: AbortSignal,
): Promise<Readiness | 'ended'> {
  const ended = new AbortController();
  void running.exited.then(() => ended.abort());
  const startedAt = performance.now();
  let before: Unready | undefined;
  for (let left = readyTimeoutMs; ; left = SAMPLE_MS) {
    const until = AbortSignal.any([signal, ended.signal, AbortSignal.timeout(left)]);
    const last = await waitUntilReady(`${running.url}${readiness}`, until, before);
    signal.throwIfAborted();
    if (ended.signal.aborted) return 'ended';
    if (last === 'ready') return last;
    if (performance.now() - startedAt >= PATIENCE * readyTimeoutMs) return last;
    if (!(await isStarved(usage, readyTimeoutMs))) return last;
    before = last;
  }
}

async function isStarved(
  usage: () => Promise<Usage | undefined>,
  readyTimeoutMs: number,
): Promise<boolean> {
  const before = await usage();
  if (before === undefined || before.cpuSeconds * 1000 >= readyTimeoutMs) return false;
  const at = performance.now();
  await sleep(SAMPLE_MS);
  const after = await usage();
  if (after === undefined) return false;
  const share = ((after.cpuSeconds - before.cpuSeconds) * 1000) / (performance.now() - at);
  return share > IDLE;
}
