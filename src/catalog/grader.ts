import { stat } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import type { CheckInfo, StageInfo } from '../core/check.ts';
import { bug, messageOf } from '../core/errors.ts';
import type { LabEntry } from '../core/lab.ts';
import { type Grader, infoOf, type Stage } from '../kit/grader.ts';
import { displayPath } from './display-path.ts';

export interface LoadedGrader {
  grader: Grader;
  stages: readonly StageInfo[];
  checks: readonly CheckInfo[];
}

/**
 * Imports a lab's grader and holds it to its rules.
 *
 * @throws {LabsError} bug: there is none, it fails to load, or breaks a rule
 */
export async function loadGrader({ manifest, paths }: LabEntry): Promise<LoadedGrader> {
  const grader = await importGrader(manifest.id, paths.grader);
  const stages = grader.stages.map(({ id, title }) => ({ id, title }));
  const checks = grader.stages.flatMap((stage) =>
    stage.checks.map((check) => infoOf(stage, check)),
  );
  const faults = [
    ...faultsOf(manifest.id, grader.lab, stages, checks),
    ...faultsOfInstances(grader, Object.keys(manifest.processes)),
    ...grader.stages.flatMap((stage) =>
      faultsOfClocks(stage, Object.keys(manifest.processes), grader.instances),
    ),
  ];
  const [first, ...others] = faults;
  if (first !== undefined) {
    throw bug(`${displayPath(paths.grader)}: ${first}.`, {
      detail: others.length > 0 ? others.join('\n') : undefined,
    });
  }
  return { grader, stages, checks };
}

async function importGrader(lab: string, file: string): Promise<Grader> {
  const shownAs = displayPath(file);
  await stat(file).catch((cause: unknown) => {
    throw bug(`The lab ${lab} has no grader: there is no ${shownAs}.`, { cause });
  });
  const module = (await import(pathToFileURL(file).href).catch((cause: unknown) => {
    throw bug(`${shownAs} cannot be loaded: ${messageOf(cause)}`, {
      detail: cause instanceof Error ? cause.stack : undefined,
      cause,
    });
  })) as { default?: Partial<Grader> };
  if (!Array.isArray(module.default?.stages)) {
    throw bug(`${shownAs} has no grader as its default export.`, {
      hint: 'Write `export default defineGrader({ lab, stages })`.',
    });
  }
  return module.default as Grader;
}

function faultsOf(
  id: string,
  lab: string,
  stages: readonly StageInfo[],
  checks: readonly CheckInfo[],
): string[] {
  return [
    ...(lab === id ? [] : [`it is the grader of "${lab}", not of "${id}"`]),
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
