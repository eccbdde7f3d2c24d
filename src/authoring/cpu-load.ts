import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

/** What keeps a core busy; text, so that it needs no file where labs is bundled or run from source. */
const SPIN = 'for (let n = 0; ; n = (n + Math.sqrt(n + 1)) % 1e9);';

/**
 * Keeps every core busy until it is disposed of: threads of this process, at its priority, so that
 * they compete with the apps for each core, and end with it however it ends, by SIGKILL too.
 */
export function keepCoresBusy(count = availableParallelism()): AsyncDisposable {
  const workers = Array.from({ length: count }, () => new Worker(SPIN, { eval: true }));
  for (const worker of workers) worker.unref();
  return {
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
}
