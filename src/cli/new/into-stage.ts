import path from 'node:path';
import { titleOf } from '../../authoring/new/names.ts';
import type { IntoStage } from '../../catalog/checks/insert.ts';
import { usageError } from '../../core/errors.ts';
import type { Grader } from '../../kit/grader.ts';
import type { Place } from './place.ts';
import { isThere } from './there.ts';

export interface StageOptions {
  /** Id of a stage; of a new one where the lab has none of it. */
  stage?: string;
  /** Of a new stage. */
  world?: 'shared' | 'own';
  /** A stage of its own, whose details learners do not see. */
  hidden: boolean;
}

/**
 * The stage that a new check goes to. A check in TypeScript has one to itself.
 *
 * @throws {LabsError} usage: what is asked for contradicts a stage that is there
 */
export async function intoStage(
  { stage, world, hidden }: StageOptions,
  check: string,
  kind: 'yaml' | 'typescript',
  grader: Grader,
  { root }: Place,
): Promise<IntoStage> {
  if (hidden && world === 'shared')
    throw usageError('--hidden and --world shared do not go together.', {
      hint: 'The log of a shared world shows every request: hidden checks have one of their own.',
    });
  if (kind === 'typescript' && stage !== undefined)
    throw usageError('--typescript and --stage do not go together.', {
      hint: `The check is written as a stage of its own, ${check}. To put it into another, move it in the code.`,
    });
  const wanted = { world: world ?? (hidden ? 'own' : 'shared'), withheld: hidden } as const;
  if (kind === 'typescript') return { id: check, title: titleOf(check), ...wanted };
  const id = stage ?? (hidden ? 'hidden' : await usualStage(grader, root));
  const known = grader.stages.find((each) => each.id === id);
  if (known === undefined) return { id, title: titleOf(id), ...wanted };
  const isHidden = known.details === 'withheld';
  if ((world !== undefined && world !== known.world) || (hidden && !isHidden))
    throw usageError(
      `The stage ${id} has a world that is ${known.world}${isHidden ? ', and its details are withheld' : ''}.`,
      {
        hint: 'Name a new stage, or leave --world and --hidden out.',
      },
    );
  // What a stage is like is said once; a part that only adds to it repeats its world alone.
  return { id, world: known.world, withheld: false };
}

/** The first that is shared, in the lab's own pack; else one of the pack's. */
async function usualStage(grader: Grader, root: string): Promise<string> {
  const isOwn = await isThere(path.join(root, 'labs', grader.lab));
  const shared = grader.stages.find(({ world }) => world === 'shared');
  return isOwn && shared !== undefined ? shared.id : 'more';
}
