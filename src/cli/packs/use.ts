import { stat } from 'node:fs/promises';
import path from 'node:path';
import { graderIdsOf, labIdsOf, type Pack } from '../../catalog/catalog.ts';
import { didYouMean } from '../../catalog/nearest.ts';
import { usageError } from '../../core/errors.ts';
import { BUILT_IN, type Lab, type LabEntry } from '../../core/lab.ts';
import { sum } from '../../core/score.ts';
import type { Host } from '../../platform/host.ts';
import { MANIFEST } from '../../workspace/submission.ts';
import { isOwnWorkspace } from '../../workspace/trust.ts';
import { describeOrigin } from './open.ts';

/**
 * A pack that is named and has nothing for the lab is a mistake: a class's checks would be left out
 * without a word.
 *
 * @throws {LabsError} usage
 */
export async function refuseIdlePacks(packs: readonly Pack[], entry: LabEntry): Promise<void> {
  const used = [entry.origin, ...entry.additions.map(({ origin }) => origin)];
  const { id } = entry.manifest;
  for (const pack of namedOf(packs)) {
    if (used.includes(pack.origin)) continue;
    const [labs, graders] = await Promise.all([labIdsOf(pack), graderIdsOf(pack)]);
    const all = [...new Set([...labs, ...graders])].sort();
    throw usageError(
      `--pack ${pack.origin.pack}: it has nothing for the lab ${id}${didYouMean(id, all) || '.'}`,
      { hint: all.length > 0 ? `It has: ${all.join(', ')}.` : `Look into ${pack.root}.` },
    );
  }
}

/**
 * Code that came with a submission would run outside of its sandbox, and could grade itself.
 *
 * @param trusted the user said --trust
 * @throws {LabsError} usage: a pack is inside of a workspace that is not the user's own
 */
export async function refuseForeignPacks(
  packs: readonly Pack[],
  trusted: boolean,
  { directories }: Host,
): Promise<void> {
  for (const { origin, root } of namedOf(packs)) {
    const workspace = await workspaceAround(root);
    if (workspace === undefined || trusted) continue;
    if (await isOwnWorkspace(directories.state, workspace)) continue;
    throw usageError(
      `--pack ${origin.pack}: ${root} is part of a workspace, which is not known as yours.`,
      {
        hint: `A pack runs with your rights: take it from elsewhere, or say --trust if ${workspace} is your own work.`,
      },
    );
  }
}

/** The workspace that a directory is, or is in. */
export async function workspaceAround(root: string): Promise<string | undefined> {
  for (let directory = root; ; directory = path.dirname(directory)) {
    if (await isThere(path.join(directory, MANIFEST))) return directory;
    if (directory === path.dirname(directory)) return undefined;
  }
}

/** What the report says of packs, a sentence each. */
export function notesOf({ manifest, origin, parts, checks }: Lab): string[] {
  const points = (ids: readonly string[]) =>
    sum(checks.filter(({ id }) => ids.includes(id)).map((check) => check.points));
  const all = points(checks.map(({ id }) => id));
  return parts.map((part, index) =>
    index === 0 && origin.pack !== BUILT_IN
      ? `The lab ${manifest.id} is from the pack ${describeOrigin(part)}.`
      : `The pack ${describeOrigin(part)} adds ${part.checks.length} ${part.checks.length === 1 ? 'check' : 'checks'} to ${manifest.id}: ${points(part.checks)} of its ${all} points.`,
  );
}

function namedOf(packs: readonly Pack[]): Pack[] {
  return packs.filter(({ origin }) => origin.pack !== BUILT_IN);
}

async function isThere(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
