import { randomUUID } from 'node:crypto';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A `write` that makes `path` whole or leaves it as it was; directories on the way are made. */
export function atomicFile(path: string): (text: string) => Promise<void> {
  return async (text) => {
    const directory = dirname(path);
    await mkdir(directory, { recursive: true });
    // Beside its target: a rename across file systems is none.
    const temporary = join(directory, `.${basename(path)}.${randomUUID()}.tmp`);
    try {
      await writeFile(temporary, text, { flag: 'wx' });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
}
