import { type OwnerRecord, readOwner } from '../../platform/owner.ts';

/** `labs_` and the id of the run, and a number. */
export function databaseName(runId: string, number: number): string {
  return `labs_${runId}_${number}`;
}

export const NAME_PATTERN = '^labs_[a-z0-9]{10}_[0-9]+$';

/** The id of the run in the name of a database. */
export function runOf(database: string): string {
  return database.split('_')[1] ?? '';
}

/** Kept with a database, so that other runs can tell whether its own has ended. */
export function ownerComment(owner: OwnerRecord): string {
  return JSON.stringify({ labs: owner });
}

/** Undefined where the comment is missing or somebody else's. */
export function readOwnerComment(comment: string | null): OwnerRecord | undefined {
  try {
    return readOwner((JSON.parse(comment ?? '') as { labs?: unknown }).labs);
  } catch {
    return undefined;
  }
}
