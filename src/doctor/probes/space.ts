import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../../core/errors.ts';
import type { Space } from '../machine.ts';

/** statfs(2): tmpfs and ramfs. */
const IN_MEMORY: readonly number[] = [0x0102_1994, 0x8584_58f6];

/** Of the directory, or of the nearest one above it that there is: it is made when it is needed. */
export async function spaceOf(directory: string): Promise<Space> {
  try {
    const { bavail, bsize, type } = await statfs(directory);
    return {
      freeBytes: bavail * bsize,
      writable: await isWritable(directory),
      inMemory: process.platform === 'linux' && IN_MEMORY.includes(type),
    };
  } catch (error) {
    const above = path.dirname(directory);
    if (errorCode(error) === 'ENOENT' && above !== directory) return spaceOf(above);
    return { freeBytes: 0, writable: false, inMemory: false };
  }
}

function isWritable(directory: string): Promise<boolean> {
  return access(directory, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}
