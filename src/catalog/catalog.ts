import { readFile } from 'node:fs/promises';
import { usageError } from '../core/errors.ts';
import type { Lab, LabEntry } from '../core/lab.ts';
import type { Grader } from '../kit/grader.ts';
import { didYouMean } from './nearest.ts';
import { labIdsOf, type Pack, readEntry } from './pack.ts';
import { quote } from './quote.ts';

export type { Pack } from './pack.ts';

const PHASES = ['basics', 'intermediate', 'advanced', 'mastery'];

/**
 * Every lab of the packs, in the order in which to learn them.
 *
 * @throws {LabsError} usage: a manifest is broken, or two packs have a lab of the same id
 */
export async function listLabs(packs: readonly Pack[], cwd?: string): Promise<LabEntry[]> {
  const found = await idsOf(packs);
  const entries = await Promise.all([...found].map(([id, pack]) => readEntry(pack, id, cwd)));
  return entries.sort(
    (a, b) =>
      PHASES.indexOf(a.manifest.phase) - PHASES.indexOf(b.manifest.phase) ||
      a.manifest.id.localeCompare(b.manifest.id, 'en'),
  );
}

export interface FindOptions {
  /** Where the id was read, such as `labs.yaml:3:6`; absent if the user typed it. */
  namedAt?: string | undefined;
  cwd?: string | undefined;
}

/**
 * The lab of an id. Only its own manifest is read.
 *
 * @throws {LabsError} usage: there is no such lab, or its manifest is broken
 */
export async function findLab(
  packs: readonly Pack[],
  id: string,
  { namedAt, cwd }: FindOptions = {},
): Promise<LabEntry> {
  const found = await idsOf(packs);
  const pack = found.get(id);
  if (pack !== undefined) return readEntry(pack, id, cwd);
  const ids = [...found.keys()].sort();
  const where = namedAt === undefined ? '' : `${namedAt}: `;
  const meant = didYouMean(id, ids);
  throw usageError(`${where}there is no lab ${quote(id)}${meant || '.'}`.replace(/^t/, 'T'), {
    hint: ids.length > 0 ? `The labs are: ${ids.join(', ')}.` : 'There are no labs at all here.',
  });
}

/**
 * A lab with all that grading needs: its contract and its grader, both checked.
 *
 * @throws {LabsError} bug: one of them is missing or faulty
 */
export async function loadLab(entry: LabEntry): Promise<Lab<Grader>> {
  const [{ loadContract }, { loadGrader }, { digestOf }] = await Promise.all([
    import('./contract.ts'),
    import('./grader.ts'),
    import('./digest.ts'),
  ]);
  const { paths } = entry;
  const [contract, loaded, schema] = await Promise.all([
    loadContract(paths.contract),
    loadGrader(entry),
    paths.schema === undefined ? '' : readFile(paths.schema, 'utf8'),
  ]);
  return { ...entry, contract, schema, ...loaded, digest: await digestOf(paths) };
}

async function idsOf(packs: readonly Pack[]): Promise<Map<string, Pack>> {
  const listed = await Promise.all(packs.map(labIdsOf));
  const found = new Map<string, Pack>();
  for (const [index, pack] of packs.entries()) {
    for (const id of listed[index] ?? []) {
      const other = found.get(id);
      if (other !== undefined) {
        throw usageError(`Two packs have a lab ${id}: ${other.root} and ${pack.root}.`, {
          hint: 'Rename one of the two labs, or leave one pack out.',
        });
      }
      found.set(id, pack);
    }
  }
  return found;
}
