import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How many bytes an action leaves on the heap for what it returns. */
export function heapOf(action: () => unknown): number {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  collect();
  const before = process.memoryUsage().heapUsed;
  const kept = action();
  collect();
  const after = process.memoryUsage().heapUsed;
  // Looked at after it was measured, and so alive until then.
  return kept === undefined ? 0 : after - before;
}
