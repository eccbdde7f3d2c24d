/**
 * Milliseconds of this thread's CPU time that the action takes: of a busy machine it waits as long as it must, but
 * computes no longer.
 */
export function cpuTimeOf(action: () => void): number {
  const before = process.threadCpuUsage();
  action();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}
