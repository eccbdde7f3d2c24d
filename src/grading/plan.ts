import { bug, usageError } from '../core/errors.ts';
import type { Grader, Stage } from '../kit/grader.ts';

/**
 * The checks that a run tries.
 * @throws {LabsError} an unknown id; or checks of which each waits for the other
 */
export function selectChecks(grader: Grader, only: readonly string[] | undefined): Set<string> {
  const checks = new Map(grader.stages.flatMap((s) => s.checks.map((check) => [check.id, check])));
  refuseDeadlock(grader);
  if (only === undefined) return new Set(checks.keys());
  const selected = new Set<string>();
  const select = (id: string) => {
    const check = checks.get(id);
    if (check === undefined) {
      throw usageError(`The lab ${grader.lab} has no check \`${id}\`.`, {
        hint: `Its checks: ${[...checks.keys()].join(', ')}.`,
      });
    }
    selected.add(id);
    for (const need of check.needs ?? []) select(need);
  };
  for (const id of only) select(id);
  return selected;
}

/** Checks of an own world wait for those before them too, which a cycle through `needs` can hold up. */
function refuseDeadlock(grader: Grader): void {
  const waitsFor = new Map(
    grader.stages.flatMap((stage) =>
      stage.checks.map((check, i) => [check.id, [...(check.needs ?? []), ...previous(stage, i)]]),
    ),
  );
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]) => {
    if (done.has(id)) return;
    if (path.includes(id))
      throw bug(`Checks of ${grader.lab} wait for each other: ${[...path, id].join(' → ')}.`);
    for (const next of waitsFor.get(id) ?? []) visit(next, [...path, id]);
    done.add(id);
  };
  for (const id of waitsFor.keys()) visit(id, []);
}

function previous(stage: Stage, index: number): string[] {
  const before = stage.world === 'own' ? stage.checks[index - 1] : undefined;
  return before === undefined ? [] : [before.id];
}
