import type Docker from 'dockerode';

/** What a container has used up. */
export interface Usage {
  /** Of all its processes, in seconds. */
  cpuSeconds: number;
  pids: number;
}

/** Undefined where it does not run (any more). */
export async function usageOf(container: Docker.Container): Promise<Usage | undefined> {
  // One sample, without the second that the engine takes to compare two.
  const options = { stream: false, 'one-shot': true } as { stream: false };
  const stats = await container.stats(options).catch(() => undefined);
  const nanoseconds = stats?.cpu_stats?.cpu_usage?.total_usage;
  if (stats === undefined || !nanoseconds) return undefined;
  return { cpuSeconds: nanoseconds / 1e9, pids: stats.pids_stats?.current ?? 0 };
}
