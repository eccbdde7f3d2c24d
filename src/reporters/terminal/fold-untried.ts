import type { CheckResult } from '../../core/report.ts';

export interface UntriedGroup {
  reason: string;
  checks: readonly CheckResult[];
}

/** So many of one reason are told together: `--only` would leave a page of them. */
const MIN_GROUP = 2;

/** Sets apart the checks that count neither way, where many of a stage share a reason. */
export function foldUntried(checks: readonly CheckResult[]): {
  checks: CheckResult[];
  untried: UntriedGroup[];
} {
  const groups = Map.groupBy(
    checks.filter((check) => !check.gradable && check.verdict === 'skipped'),
    (check) => check.skipped ?? '',
  );
  const untried = [...groups]
    .map(([reason, checks]): UntriedGroup => ({ reason, checks }))
    .filter((group) => group.checks.length >= MIN_GROUP);
  const folded = new Set(untried.flatMap((group) => group.checks));
  return { checks: checks.filter((check) => !folded.has(check)), untried };
}
