import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ManifestFile } from '../catalog/manifest-file.ts';
import { placeOf } from '../catalog/yaml/source.ts';
import { bug } from '../core/errors.ts';
import type { MutantManifest } from '../core/mutant-manifest.ts';
import { exists } from '../platform/exists.ts';
import { misfit } from './misfit.ts';

/** A solution with one deliberate fault. */
export interface Mutant {
  manifest: MutantManifest;
  /** `mutant.yaml`, to say where in it something is wrong. */
  file: Pick<ManifestFile<MutantManifest>, 'source' | 'valueSpan'>;
  solutionDirectory: string;
  /** Files to put over the solution's; undefined where there are none. */
  overlay: string | undefined;
}

/**
 * @param solutions directories of solutions, the first that has the one named gives it
 * @param cwd directory from which messages name files
 * @throws {LabsError} the manifest is broken, or names a solution that is not there
 */
export async function readMutant(
  directory: string,
  solutions: readonly string[],
  cwd?: string,
): Promise<Mutant> {
  const { readManifestFile } = await import('../catalog/manifest-file.ts');
  const read = await readManifestFile<MutantManifest>(
    path.join(directory, 'mutant.yaml'),
    'mutant',
    cwd,
  );
  const { value: manifest, source, valueSpan } = read;
  const candidates = solutions.map((place) => path.join(place, manifest.solution));
  const found = await Promise.all(candidates.map(exists));
  const solutionDirectory = candidates.find((_, index) => found[index]);
  if (solutionDirectory === undefined)
    throw bug(
      `${placeOf(source, valueSpan(['solution']))}: there is no solution ${manifest.solution} in ${solutions.join(' or ')}.`,
      { hint: 'Name a folder that is there.' },
    );
  const overlay = path.join(directory, 'files');
  return {
    manifest,
    file: { source, valueSpan },
    solutionDirectory,
    overlay: (await exists(overlay)) ? overlay : undefined,
  };
}

/**
 * Puts the fault into a copy of its solution.
 * @throws {LabsError} an edit does not fit: the solution has changed under it; or nothing is changed yet
 */
export async function applyMutant(mutant: Mutant, copy: string): Promise<void> {
  const { manifest, overlay } = mutant;
  refuseUnchanged(mutant);
  if (overlay !== undefined) await cp(overlay, copy, { recursive: true, force: true });
  for (const [index, edit] of (manifest.edits ?? []).entries()) {
    const target = path.join(copy, edit.file);
    const text = await readFile(target, 'utf8').catch(() => undefined);
    const parts = text?.split(edit.find) ?? [];
    if (parts.length !== 2) throw misfit(mutant, index, text);
    await writeFile(target, parts.join(edit.replace));
  }
}

/** Without a fault it would pass for a solution, and its checks for ones that cannot fail. */
function refuseUnchanged({ manifest, overlay, file: { source, valueSpan } }: Mutant): void {
  if (manifest.edits === undefined && overlay === undefined)
    throw bug(
      `${placeOf(source, valueSpan(['fault']))}: this mutant is still its solution, ${manifest.solution}: it has neither edits nor a folder files/.`,
      {
        hint: 'Write under `edits` a file, a text in it (`find`), and what makes it wrong (`replace`).',
      },
    );
  for (const [index, { find, replace }] of (manifest.edits ?? []).entries())
    if (find === replace)
      throw bug(
        `${placeOf(source, valueSpan(['edits', index, 'replace']))}: edits[${index}] puts the text itself in its place.`,
        { hint: 'Write in `replace` what makes it wrong.' },
      );
}
