import { rmdir } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../core/errors.ts';

/**
 * How the path of a draft begins that is to become what is in a directory. It is in the same file system, where a rename
 * is whole or not at all: beside the directory, or in it where it exists, since its parent may be somebody else's.
 * @param command of labs, which the name tells
 */
export function draftPrefix(directory: string, existed: boolean, command: string): string {
  return existed
    ? path.join(directory, `.labs-${command}-`)
    : path.join(path.dirname(directory), `.${path.basename(directory)}-`);
}

/** Removes directories from `last` up to `first`, unless somebody has put something in. */
export async function removeEmpty(last: string, first: string): Promise<void> {
  for (let directory = last; directory.startsWith(first); directory = path.dirname(directory))
    await rmdir(directory).catch(() => undefined);
}

/** True where the place that was named is at fault, not the disk or its rights. */
export function isPlaceUnfit(error: unknown): boolean {
  return ['EEXIST', 'ENOTEMPTY', 'ENOTDIR', 'ENAMETOOLONG'].includes(errorCode(error) ?? '');
}
