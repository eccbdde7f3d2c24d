import { bug } from '../core/errors.ts';
import type { Grader, Stage } from '../kit/grader.ts';
import { displayPath } from './display-path.ts';

/** A grader, or a part of one, and the file that it was read from. */
export interface GraderPart {
  file: string;
  grader: Grader;
  /** The file whose checks of a stage come after those of this one: plain sequences are read first. */
  before?: string | undefined;
}

/**
 * One grader of several: stages of the same id become one, their checks one after another. What the
 * worlds are like is said once, by the part that comes first.
 *
 * @throws {LabsError} bug: two parts contradict each other, or name a check alike
 */
export function mergeGraders(lab: string, parts: readonly GraderPart[]): Grader {
  const [first, ...added] = parts as [GraderPart, ...GraderPart[]];
  const stages = new Map<string, { stage: Stage; file: string }>();
  const checks = new Map<string, string>();
  for (const part of parts) {
    if (part !== first) refuseSettings(part, first);
    for (const stage of part.grader.stages) {
      refuseRepeated(stage, part.file, checks);
      const known = stages.get(stage.id);
      if (known === undefined && !stage.title)
        throw fault(part.file, `the stage "${stage.id}" has no title`, {
          hint: 'Only a stage that the lab has already can do without.',
        });
      if (known === undefined) stages.set(stage.id, { stage, file: part.file });
      else stages.set(stage.id, { ...known, stage: joined(known, stage, part, checks) });
    }
  }
  if (added.length === 0) return first.grader;
  return { ...first.grader, lab, stages: [...stages.values()].map(({ stage }) => stage) };
}

function refuseSettings({ file, grader }: GraderPart, first: GraderPart): void {
  for (const name of ['env', 'instances'] as const)
    if (grader[name] !== undefined)
      throw fault(file, `\`${name}\` for every world is said in ${displayPath(first.file)} alone`, {
        hint: `Give it to a stage of your own, with \`world: 'own'\`.`,
      });
}

function refuseRepeated({ checks }: Stage, file: string, seen: Map<string, string>): void {
  for (const { id } of checks) {
    const other = seen.get(id);
    if (other !== undefined)
      throw fault(
        file,
        other === file
          ? `two checks are called "${id}"`
          : `the check "${id}" is in ${displayPath(other)} already`,
        other === file
          ? {}
          : { hint: 'Rename one of them: reports and `needs` name checks by id.' },
      );
    seen.set(id, file);
  }
}

/**
 * @param known the stage as it is so far, and the file that it was first in
 * @param files that checks are from, by id
 */
function joined(
  known: { stage: Stage; file: string },
  more: Stage,
  { file, before }: GraderPart,
  files: ReadonlyMap<string, string>,
): Stage {
  const { stage } = known;
  const there = displayPath(known.file);
  if (file === known.file) throw fault(file, `two stages are called "${more.id}"`);
  if (more.title && more.title !== stage.title)
    throw fault(file, `the stage "${more.id}" has the title "${more.title}"`, {
      hint: `In ${there} it is "${stage.title}": say the same, or give the stage another id.`,
    });
  if (worldOf(more) !== worldOf(stage))
    throw fault(file, `the stage "${more.id}" has a world that is ${worldOf(more)}`, {
      hint: `In ${there} it is ${worldOf(stage)}: say the same, or give the stage another id.`,
    });
  for (const name of ['env', 'instances', 'clocks', 'details'] as const)
    if (more[name] !== undefined)
      throw fault(file, `the stage "${more.id}" has \`${name}\`, and is in ${there} already`, {
        hint: 'What a world is like is said once: give your stage an id of its own.',
      });
  const place = stage.checks.findIndex(({ id }) => files.get(id) === before);
  const checks = stage.checks as readonly (typeof stage.checks)[number][];
  return {
    ...stage,
    checks: checks.toSpliced(place === -1 ? checks.length : place, 0, ...more.checks),
  } as Stage;
}

function worldOf({ world }: Partial<Stage>): 'own' | 'shared' {
  return world === 'own' ? 'own' : 'shared';
}

function fault(file: string, message: string, options: { hint?: string } = {}) {
  return bug(`${displayPath(file)}: ${message}.`, options);
}
