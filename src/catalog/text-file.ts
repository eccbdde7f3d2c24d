import { constants, type FileHandle, open } from 'node:fs/promises';
import { environmentError, errorCode, messageOf, usageError } from '../core/errors.ts';

/** Far above what a person writes, far below what makes parsing slow. */
const MAX_BYTES = 256 * 1024;

/**
 * Reads a text file that somebody else may have written: of bounded size, in UTF-8, and no link,
 * since messages show lines of it and a link could point at any file of this machine.
 *
 * @throws {LabsError} usage: absent, no regular file, too large, not UTF-8; environment: unreadable
 */
export async function readTextFile(file: string, shownAs: string): Promise<string> {
  const handle = await openFile(file, shownAs);
  try {
    const stats = await handle.stat();
    if (!stats.isFile()) throw usageError(`${shownAs} is not a regular file.`);
    if (stats.size > MAX_BYTES) {
      throw usageError(
        `${shownAs} has ${stats.size} bytes; a file of this kind may have ${MAX_BYTES}.`,
      );
    }
    return decode(await handle.readFile(), shownAs);
  } finally {
    await handle.close();
  }
}

async function openFile(file: string, shownAs: string): Promise<FileHandle> {
  // Opening a FIFO would wait for its writer. Windows has neither flag.
  const flags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
  try {
    return await open(file, flags);
  } catch (error) {
    switch (errorCode(error)) {
      case 'ENOENT':
      case 'ENOTDIR':
        throw usageError(`There is no ${shownAs}.`, { cause: error });
      case 'ELOOP':
        throw usageError(`${shownAs} is a symbolic link.`, {
          hint: 'Put the file itself in its place.',
          cause: error,
        });
      case 'ENXIO':
        throw usageError(`${shownAs} is not a regular file.`, { cause: error });
      case 'EACCES':
      case 'EPERM':
        throw environmentError(`${shownAs} cannot be read: permission denied.`, { cause: error });
      default:
        throw environmentError(`${shownAs} cannot be read: ${messageOf(error)}.`, {
          cause: error,
        });
    }
  }
}

function decode(bytes: Buffer, shownAs: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (error) {
    throw usageError(`${shownAs} is not text in UTF-8.`, {
      hint: 'Save it in the encoding UTF-8.',
      cause: error,
    });
  }
}
