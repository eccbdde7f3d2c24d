import { type OwnerRecord, ownerRecord, readOwner } from '../platform/owner.ts';
import type { RunDirectory } from '../platform/run-directory.ts';

/** On all that a run makes in an engine. */
export const RUN_LABEL = 'labs.run';

/** On every image that the sandbox makes: which kind it is. */
export const IMAGE_LABEL = 'labs.image';
/** With the dependencies of some lock file; kept, since another grade will want it. */
export const DEPENDENCIES = 'dependencies';
/** With one submission; removed when its run ends. */
export const SUBMISSION = 'submission';

const OWNER = 'labs.owner.';

/** Labels of what a run makes, by which it is found again when the run was killed. */
export async function labelsOf(
  run: Pick<RunDirectory, 'id' | 'owner'>,
): Promise<Record<string, string>> {
  const owner = Object.entries(await ownerRecord(run.owner));
  return {
    [RUN_LABEL]: run.id,
    ...Object.fromEntries(owner.map(([key, value]) => [`${OWNER}${key}`, String(value)])),
  };
}

/** Undefined where labels are missing or changed. */
export function ownerOf(labels: Readonly<Record<string, string>>): OwnerRecord | undefined {
  const label = (key: string) => labels[`${OWNER}${key}`];
  return readOwner({
    host: label('host'),
    pid: Number(label('pid')),
    started: label('started'),
    startedAt: Number(label('startedAt')),
    pids: label('pids'),
  });
}
