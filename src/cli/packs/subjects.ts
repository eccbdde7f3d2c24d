import { findSubjects, type Subject } from '../../authoring/subject.ts';
import type { Pack } from '../../catalog/catalog.ts';
import { bug } from '../../core/errors.ts';
import type { LabEntry } from '../../core/lab.ts';

/**
 * What a lab is verified with: all that its pack has. Where other packs add checks, it is their own
 * solutions and mutants, and the lab's solutions, which must pass with these checks too; its
 * templates and mutants were made for its own checks and say nothing of others.
 * @param cwd directory from which messages name files
 */
export async function subjectsIn(
  packs: readonly Pack[],
  entry: LabEntry,
  cwd: string,
): Promise<Subject[]> {
  const packOf = (name: LabEntry['origin']) => packs.find(({ origin }) => origin === name);
  const own = packOf(entry.origin);
  if (own === undefined) throw bug(`The lab ${entry.manifest.id} is of no pack.`);
  const all = await findSubjects(own.root, entry, own.root, cwd);
  if (entry.additions.length === 0) return all;
  const added = await Promise.all(
    entry.additions.map(async ({ origin }) => {
      const pack = packOf(origin);
      return pack === undefined ? [] : findSubjects(pack.root, entry, own.root, cwd);
    }),
  );
  return [
    ...all.filter(({ kind }) => kind === 'solution'),
    ...added.flat().filter(({ kind }) => kind !== 'template'),
  ];
}
