import { stat } from 'node:fs/promises';

/** Whether it is a directory, or a link to one; false where that cannot be told. */
export async function isDirectory(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
