import { stat } from 'node:fs/promises';
import { errorCode } from '../core/errors.ts';

/** Throws what the system does where that cannot be told: no permission, a loop of links. */
export async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    // Below a file there is nothing either.
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}
