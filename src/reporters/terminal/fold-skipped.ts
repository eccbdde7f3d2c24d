import type { CheckResult } from '../../core/report.ts';
import { count } from './duration.ts';

/** Skipped checks of one stage that are told together, since one reason holds for them all. */
export interface SkippedGroup {
  text: string;
  /** False where they count neither way. */
  gradable: boolean;
  checks: readonly CheckResult[];
}

/** So many are a group: `--only` would leave a page of untried checks, a first grade one of waiting ones. */
const MIN_UNTRIED = 2;
const MIN_WAITING = 3;

/** Sets apart the checks that were skipped, where many of a stage share a reason. */
export function foldSkipped(
  checks: readonly CheckResult[],
  all: readonly CheckResult[],
): { checks: CheckResult[]; skipped: SkippedGroup[] } {
  const groups = Map.groupBy(
    checks.filter((check) => check.verdict === 'skipped'),
    (check) => (check.gradable ? `wait for ${rootOf(check, all)}` : `not tried: ${check.skipped}`),
  );
  const skipped = [...groups]
    .map(([reason, members]): SkippedGroup => {
      const gradable = members.some((check) => check.gradable);
      return { text: `${count(members.length, 'check')} ${reason}`, gradable, checks: members };
    })
    .filter((group) => group.checks.length >= (group.gradable ? MIN_WAITING : MIN_UNTRIED));
  const folded = new Set(skipped.flatMap((group) => group.checks));
  return { checks: checks.filter((check) => !folded.has(check)), skipped };
}

/** The check at the end of the chain: the one to mend. */
function rootOf(check: CheckResult, all: readonly CheckResult[]): string {
  const seen = new Set<string>();
  for (let at = check; ; ) {
    seen.add(at.id);
    const next = all.find(
      ({ id, verdict }) => at.needs.includes(id) && verdict !== 'passed' && !seen.has(id),
    );
    if (next === undefined) return at === check ? (check.skipped ?? 'another') : at.id;
    at = next;
  }
}
