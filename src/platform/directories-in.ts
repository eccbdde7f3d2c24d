import { readdir } from 'node:fs/promises';
import { errorCode } from '../core/errors.ts';

/** Names of the directories in a directory, sorted; none where it is not there. */
export async function directoriesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return [];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
}
