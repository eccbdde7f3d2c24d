import path from 'node:path';
import { isDirectory } from '../../platform/is-directory.ts';

const FOLDERS = ['labs', 'graders', 'templates'];

/** Whether a directory has one of the folders that a pack is made of. */
export async function isPack(directory: string): Promise<boolean> {
  const found = await Promise.all(FOLDERS.map((name) => isDirectory(path.join(directory, name))));
  return found.includes(true);
}
