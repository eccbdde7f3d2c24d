import { cp, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bug } from '../core/errors.ts';
import type { MutantManifest } from '../core/mutant-manifest.ts';

/** A solution with one deliberate fault. */
export interface Mutant {
  manifest: MutantManifest;
  /** Of `mutant.yaml`. */
  file: string;
  solutionDirectory: string;
  /** Files to put over the solution's; undefined where there are none. */
  overlay: string | undefined;
}

/**
 * @param solutions directories of solutions, the first that has the one named gives it
 * @throws {LabsError} the manifest is broken, or names a solution that is not there
 */
export async function readMutant(directory: string, solutions: readonly string[]): Promise<Mutant> {
  const { readManifest } = await import('../catalog/manifest-file.ts');
  const file = path.join(directory, 'mutant.yaml');
  const manifest = await readManifest<MutantManifest>(file, 'mutant');
  const candidates = solutions.map((place) => path.join(place, manifest.solution));
  const found = await Promise.all(candidates.map(exists));
  const solutionDirectory = candidates.find((_, index) => found[index]);
  if (solutionDirectory === undefined)
    throw bug(`${file}: there is no solution ${manifest.solution} in ${solutions.join(' or ')}.`);
  const overlay = path.join(directory, 'files');
  return {
    manifest,
    file,
    solutionDirectory,
    overlay: (await exists(overlay)) ? overlay : undefined,
  };
}

/**
 * Puts the fault into a copy of its solution.
 * @throws {LabsError} an edit does not fit: the solution has changed under it
 */
export async function applyMutant(
  { manifest, file, overlay }: Mutant,
  copy: string,
): Promise<void> {
  if (overlay !== undefined) await cp(overlay, copy, { recursive: true, force: true });
  for (const [index, edit] of (manifest.edits ?? []).entries()) {
    const target = path.join(copy, edit.file);
    const text = await readFile(target, 'utf8').catch(() => undefined);
    const parts = text?.split(edit.find);
    if (text === undefined || parts?.length !== 2) {
      const found =
        parts === undefined ? 'the file is not there' : `found ${parts.length - 1} times`;
      throw bug(
        `${file}: edits[${index}] does not fit ${edit.file}: its text must stand there once, ${found}.`,
        {
          hint: `Bring \`find\` in line with the solution ${manifest.solution}.`,
        },
      );
    }
    await writeFile(target, parts.join(edit.replace));
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
