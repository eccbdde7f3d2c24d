import type { CheckResult } from '../core/report.ts';

export interface NextStep {
  check: CheckResult;
  /** How many checks that did not pass wait for it, also through others. */
  blocks: number;
}

/** Where to begin: the failed check that most others wait for, the first in the lab's order of those. */
export function nextStep(checks: readonly CheckResult[]): NextStep | undefined {
  let best: NextStep | undefined;
  for (const check of checks) {
    if (check.verdict !== 'failed') continue;
    const blocks = waitingFor(check.id, checks);
    if (best === undefined || blocks > best.blocks) best = { check, blocks };
  }
  return best;
}

function waitingFor(id: string, checks: readonly CheckResult[]): number {
  const reached = new Set([id]);
  // A set also yields what is added to it while it is walked.
  for (const needed of reached)
    for (const check of checks)
      if (check.verdict !== 'passed' && check.needs.includes(needed)) reached.add(check.id);
  return reached.size - 1;
}
