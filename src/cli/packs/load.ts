import { findLab, loadLab } from '../../catalog/catalog.ts';
import type { Lab } from '../../core/lab.ts';
import type { Grader } from '../../kit/grader.ts';
import type { Host } from '../../platform/host.ts';
import type { FoundSubmission } from '../../workspace/submission.ts';
import { openPacks } from './open.ts';
import { notesOf, refuseForeignPacks, refuseIdlePacks } from './use.ts';

export interface LoadOptions {
  pack: readonly string[];
  reveal?: boolean;
  trust: boolean;
}

/**
 * The lab of a workspace with all that the packs named bring to it, and what to say of that.
 *
 * @param workspace undefined where a server is graded from outside
 * @throws {LabsError} usage: a pack is not there, of no use, or of the workspace itself
 */
export async function loadForWorkspace(
  { pack, reveal = false, trust }: LoadOptions,
  id: string,
  workspace: FoundSubmission | undefined,
  host: Host,
): Promise<{ lab: Lab<Grader>; notes: string[] }> {
  const packs = await openPacks(pack, host);
  const namedAt = workspace?.labNamedAt;
  const entry = await findLab(packs, id, { cwd: host.cwd, namedAt });
  await refuseIdlePacks(packs, entry);
  await refuseForeignPacks(packs, trust, host);
  const lab = await loadLab(entry, { reveal });
  return { lab, notes: notesOf(lab) };
}
