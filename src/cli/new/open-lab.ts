import { type Solution, solutionsIn } from '../../authoring/new/solutions.ts';
import { findLab, loadLab } from '../../catalog/catalog.ts';
import type { Lab, LabEntry } from '../../core/lab.ts';
import type { Grader } from '../../kit/grader.ts';
import type { Host } from '../../platform/host.ts';
import { refuseForeignPacks } from '../packs/use.ts';
import { type Place, placeFor } from './place.ts';

export interface OpenLab {
  place: Place;
  entry: LabEntry;
  /** With its grader, whose code is run for it. */
  lab: Lab<Grader>;
  /** What a mutant in this place may break. */
  solutions: readonly Solution[];
}

/**
 * A lab to add to: one of the pack that is written to, or of another whose checks it adds to.
 *
 * @throws {LabsError} usage: no such lab; bug: its grader cannot be loaded
 */
export async function openLab(id: string, packs: readonly string[], host: Host): Promise<OpenLab> {
  const place = await placeFor(packs, host);
  const entry = await findLab(place.packs, id, { cwd: host.cwd });
  await refuseForeignPacks(place.packs, false, host);
  const own = place.packs.find(({ origin }) => origin === entry.origin);
  const roots = [place.root, ...(own === undefined ? [] : [own.root])];
  return {
    place,
    entry,
    lab: await loadLab(entry, { reveal: false }),
    solutions: await solutionsIn(roots, id),
  };
}
