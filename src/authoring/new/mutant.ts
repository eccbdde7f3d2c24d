import type { Plan } from './plan.ts';
import type { Scaffold } from './scaffold.ts';
import { refuseUnlessOnce, type Solution } from './solutions.ts';

export interface NewMutant {
  lab: string;
  id: string;
  solution: Solution;
  caughtBy: readonly string[];
  /** What is wrong with it, in a sentence; undefined where the author has yet to say. */
  fault: string | undefined;
  /** Undefined where the author has yet to name one. */
  edit: { file: string; find: string; replace: string } | undefined;
}

const NO_FAULT = 'Say here in a sentence what is wrong with it.';

/**
 * A mutant: whole where the edit is given, else one that verification refuses until it has one.
 *
 * @throws {LabsError} usage: the edit does not fit the solution
 */
export async function planMutant(mutant: NewMutant, scaffold: Scaffold): Promise<Plan> {
  const { lab, id, solution, caughtBy, fault = NO_FAULT, edit } = mutant;
  if (edit !== undefined) await refuseUnlessOnce(solution, edit.file, edit.find);
  const file = `test/mutants/${lab}/${id}/mutant.yaml`;
  const text = await scaffold.file('mutant/mutant.yaml', {
    'my-solution': solution.name,
    'My fault': fault,
    'my-check': caughtBy.join(', '),
    'my-file': edit?.file ?? 'path/in/the/solution',
  });
  return {
    files: new Map([[file, edit === undefined ? text : withEdit(text, edit)]]),
    changed: new Map(),
    todo: [
      ...(edit === undefined ? [`${file}: the edit that makes ${solution.name} wrong`] : []),
      ...(mutant.fault === undefined ? [`${file}: the fault, in a sentence`] : []),
    ],
  };
}

/** In the place of the comment that asks for it. */
function withEdit(text: string, { file, find, replace }: NonNullable<NewMutant['edit']>): string {
  const said = text.replace(/^#.*\n/gm, '');
  return [
    `${said}edits:`,
    `  - file: ${JSON.stringify(file)}`,
    `    find: ${JSON.stringify(find)}`,
    `    replace: ${JSON.stringify(replace)}`,
    '',
  ].join('\n');
}
