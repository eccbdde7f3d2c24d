import path from 'node:path';
import type { LabEntry } from '../core/lab.ts';
import { directoriesIn } from '../platform/directories-in.ts';
import { type Mutant, readMutant } from './mutant.ts';

/** Something whose grade is known beforehand. */
export type Subject =
  | { kind: 'template'; name: string; directory: string }
  | { kind: 'solution'; name: string; directory: string }
  | { kind: 'mutant'; name: string; directory: string; mutant: Mutant };

/**
 * The templates, solutions and mutants of a lab: `test/solutions/<lab>/<name>` and
 * `test/mutants/<lab>/<fault>` below the pack's root.
 * @param labRoot of the lab's own pack, where another one adds checks: mutants may break its solutions too
 * @param cwd directory from which messages name files
 * @throws {LabsError} a mutant's manifest is broken
 */
export async function findSubjects(
  packRoot: string,
  { manifest, paths }: LabEntry,
  labRoot = packRoot,
  cwd?: string,
): Promise<Subject[]> {
  const solutionsOf = (root: string) => path.join(root, 'test', 'solutions', manifest.id);
  const solutions = solutionsOf(packRoot);
  const mutants = path.join(packRoot, 'test', 'mutants', manifest.id);
  const templates = Object.entries(paths.templates).map(
    ([language, directory]): Subject => ({ kind: 'template', name: language, directory }),
  );
  const found = (await directoriesIn(solutions)).map(
    (name): Subject => ({ kind: 'solution', name, directory: path.join(solutions, name) }),
  );
  const broken = await Promise.all(
    (await directoriesIn(mutants)).map(async (name): Promise<Subject> => {
      const directory = path.join(mutants, name);
      const mutant = await readMutant(directory, [solutions, solutionsOf(labRoot)], cwd);
      return { kind: 'mutant', name, directory: mutant.solutionDirectory, mutant };
    }),
  );
  return [...templates, ...found, ...broken];
}
