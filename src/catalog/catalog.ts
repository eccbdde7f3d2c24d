import { readFile } from 'node:fs/promises';
import { usageError } from '../core/errors.ts';
import { type Addition, BUILT_IN, type Lab, type LabEntry } from '../core/lab.ts';
import type { Grader } from '../kit/grader.ts';
import { didYouMean } from './nearest.ts';
import { graderIdsOf, graderOf, labIdsOf, type Pack, readEntry } from './pack.ts';
import { quote } from './quote.ts';

export { graderIdsOf, labIdsOf, type Pack } from './pack.ts';

const PHASES = ['basics', 'intermediate', 'advanced', 'mastery'];

/**
 * Every lab of the packs, in the order in which to learn them.
 *
 * @throws {LabsError} usage: a manifest is broken, or two packs have a lab of the same id
 */
export async function listLabs(packs: readonly Pack[], cwd?: string): Promise<LabEntry[]> {
  const found = await idsOf(packs);
  const entries = await Promise.all(
    [...found].map(([id, pack]) => wholeEntry(pack, id, packs, cwd)),
  );
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
 * The lab of an id, with what other packs add to it. Only its own manifest is read.
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
  if (pack !== undefined) return wholeEntry(pack, id, packs, cwd);
  const ids = [...found.keys()].sort();
  const where = namedAt === undefined ? '' : `${namedAt}: `;
  const meant = didYouMean(id, ids);
  const known =
    ids.length > 0 ? `The labs are: ${ids.join(', ')}.` : 'There are no labs at all here.';
  throw usageError(`${where}there is no lab ${quote(id)}${meant || '.'}`.replace(/^t/, 'T'), {
    hint: meant === '' ? `${known} For one of another pack, name that: --pack <pack>.` : known,
  });
}

export interface LoadOptions {
  /** Shows what stages withhold from learners: for those who write the checks. */
  reveal?: boolean;
}

/**
 * A lab with all that grading needs: its contract and its grader, both checked.
 *
 * @throws {LabsError} bug: one of them is missing or faulty
 */
export async function loadLab(entry: LabEntry, options: LoadOptions = {}): Promise<Lab<Grader>> {
  const [{ loadContract }, { loadGrader }, { digestOf }, { partsOf }] = await Promise.all([
    import('./contract.ts'),
    import('./grader.ts'),
    import('./digest.ts'),
    import('./parts.ts'),
  ]);
  const { paths } = entry;
  const [contract, { checksOf, ...loaded }, schema, digest] = await Promise.all([
    loadContract(paths.contract),
    loadGrader(entry, options),
    paths.schema === undefined ? '' : readFile(paths.schema, 'utf8'),
    digestOf(paths),
  ]);
  const parts = await partsOf(entry, digest, checksOf);
  return { ...entry, contract, schema, ...loaded, digest, parts };
}

async function wholeEntry(
  own: Pack,
  id: string,
  packs: readonly Pack[],
  cwd: string | undefined,
): Promise<LabEntry> {
  const additions = packs.map(async (pack): Promise<Addition[]> => {
    if (pack === own || pack.origin.pack === BUILT_IN) return [];
    if (!(await graderIdsOf(pack)).includes(id)) return [];
    return [{ origin: pack.origin, grader: await graderOf(pack, id) }];
  });
  const [entry, ...added] = await Promise.all([readEntry(own, id, cwd), ...additions]);
  return { ...entry, additions: added.flat() };
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
