import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/**
 * Streams into a file that is there whole or not at all; what was there before it stays until then.
 * @param streams a source, then what it goes through
 * @returns how long the file is, in bytes
 * @throws {NodeJS.ErrnoException} as the disk or one of the streams does
 */
export async function writeWholeFile(
  file: string,
  streams: readonly [Readable, ...Transform[]],
  signal: AbortSignal,
): Promise<number> {
  // Beside its target: a rename across file systems is none.
  const temporary = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
  try {
    // Flushed: a stick says only then that it is full or broken.
    const target = createWriteStream(temporary, { flags: 'wx', flush: true });
    await pipeline([...streams, target], { signal });
    await rename(temporary, file);
    return target.bytesWritten;
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}
