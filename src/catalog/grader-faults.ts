import type { CheckInfo, StageInfo } from '../core/check.ts';
import type { Grader, Stage } from '../kit/grader.ts';

/** What of a grader breaks the rules, in sentences without their full stop. */
export function faultsOfGrader(
  grader: Grader,
  checks: readonly CheckInfo[],
  processes: readonly string[],
): string[] {
  return [
    ...faultsOf(grader.stages, checks),
    ...faultsOfInstances(grader, processes),
    ...grader.stages.flatMap((stage) => [
      ...faultsOfClocks(stage, processes, grader.instances),
      ...faultsOfDetails(stage),
    ]),
  ];
}

function faultsOf(stages: readonly StageInfo[], checks: readonly CheckInfo[]): string[] {
  return [
    ...(checks.length > 0 ? [] : ['it has no checks']),
    ...repeated(stages).map((stage) => `two stages are called "${stage}"`),
    ...repeated(checks).map((check) => `two checks are called "${check}"`),
    ...checks.flatMap(faultsOfCheck),
    ...faultsOfNeeds(checks),
  ];
}

function repeated(items: readonly { id: string }[]): string[] {
  const ids = items.map(({ id }) => id);
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}

function faultsOfCheck({ id, points, timeoutMs }: CheckInfo): string[] {
  return [
    ...(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(id)
      ? []
      : [`the id "${id}" is not made of lower-case words joined by hyphens`]),
    ...(Number.isFinite(points) && points > 0
      ? []
      : [`the check "${id}" has ${points} points, and must have more than 0`]),
    ...(timeoutMs > 0 ? [] : [`the check "${id}" has a timeout of ${timeoutMs} ms`]),
  ];
}

function faultsOfInstances(grader: Grader, processes: readonly string[]): string[] {
  const places = [
    ['the grader', grader.instances] as const,
    ...grader.stages.map((stage) => [`the stage "${stage.id}"`, stage.instances] as const),
  ];
  return places.flatMap(([where, instances]) =>
    Object.entries(instances ?? {}).flatMap(([process, count]) => [
      ...(processes.includes(process)
        ? []
        : [`${where} has instances of "${process}", and the lab has ${processes.join(', ')}`]),
      ...(Number.isInteger(count) && count > 0
        ? []
        : [`${where} has ${count} instances of "${process}", and must have 1 or more`]),
    ]),
  );
}

function faultsOfClocks(
  stage: Stage,
  processes: readonly string[],
  everywhere: Grader['instances'],
): string[] {
  const clocks = Object.entries(stage.clocks ?? {});
  if (clocks.length === 0) return [];
  if (stage.world !== 'own')
    return [`the stage "${stage.id}" sets clocks, which takes \`world: 'own'\``];
  const names = processes.flatMap((process) =>
    Array.from(
      { length: stage.instances?.[process] ?? everywhere?.[process] ?? 1 },
      (_, at) => `${process}.${at + 1}`,
    ),
  );
  return clocks.flatMap(([name, offsetMs]) => [
    ...(names.includes(name)
      ? []
      : [
          `the stage "${stage.id}" sets the clock of "${name}", which there is not: ` +
            `it has ${names.join(', ')}`,
        ]),
    ...(Number.isInteger(offsetMs) && offsetMs !== 0
      ? []
      : [
          `the stage "${stage.id}" sets the clock of "${name}" off by ${offsetMs}, ` +
            'and must by a whole number of milliseconds that is not 0',
        ]),
  ]);
}

function faultsOfDetails({ id, world, details }: Stage): string[] {
  if (details === undefined) return [];
  return [
    ...(details === 'withheld'
      ? []
      : [`the stage "${id}" has the details ${JSON.stringify(details)}, and can have "withheld"`]),
    ...(world === 'own'
      ? []
      : [
          `the stage "${id}" withholds details, which takes \`world: 'own'\`: ` +
            'the log of a shared one would tell',
        ]),
  ];
}

function faultsOfNeeds(checks: readonly CheckInfo[]): string[] {
  const byId = new Map(checks.map((check) => [check.id, check]));
  const unknown = checks.flatMap(({ id, needs }) =>
    needs
      .filter((need) => !byId.has(need))
      .map((need) => `the check "${id}" needs "${need}", which there is not`),
  );
  const cycle = cycleIn(byId);
  return cycle === undefined
    ? unknown
    : [...unknown, `checks need each other: ${cycle.join(' → ')}`];
}

/** Ids along the first circle that is found, the first of them again at the end. */
function cycleIn(checks: ReadonlyMap<string, CheckInfo>): string[] | undefined {
  const done = new Set<string>();
  const visit = (id: string, trail: readonly string[]): string[] | undefined => {
    if (trail.includes(id)) return [...trail.slice(trail.indexOf(id)), id];
    if (done.has(id)) return undefined;
    for (const need of checks.get(id)?.needs ?? []) {
      const cycle = visit(need, [...trail, id]);
      if (cycle !== undefined) return cycle;
    }
    done.add(id);
    return undefined;
  };
  for (const id of checks.keys()) {
    const cycle = visit(id, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
