import { availableParallelism, cpus } from 'node:os';
import type { AdmissionLimits, Measures } from './admission.ts';

/** At least one for each core; waits leave room for three. */
export function limitsOfThisMachine(): AdmissionLimits {
  const cores = availableParallelism();
  return { least: cores, most: 3 * cores };
}

/**
 * The whole machine's load, that of others too. Where this process may use only some of the cores,
 * what others do on the rest counts as well: there it rather admits too few.
 */
export function measureThisMachine(): Measures {
  let before = ticks();
  return {
    busy: () => {
      const now = ticks();
      const total = (now.total - before.total) * (availableParallelism() / cpus().length);
      const share = total > 0 ? Math.min(1, (now.busy - before.busy) / total) : 0;
      before = now;
      return share;
    },
    memory: () => process.availableMemory(),
  };
}

/** Since the machine began, all cores together. */
function ticks(): { busy: number; total: number } {
  let [busy, total] = [0, 0];
  for (const { times } of cpus()) {
    const { idle, user, nice, sys, irq } = times;
    busy += user + nice + sys + irq;
    total += user + nice + sys + irq + idle;
  }
  return { busy, total };
}
