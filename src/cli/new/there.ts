import { lstat } from 'node:fs/promises';

/** Whether there is anything at a path, a broken link too. */
export async function isThere(file: string): Promise<boolean> {
  return lstat(file).then(
    () => true,
    () => false,
  );
}
