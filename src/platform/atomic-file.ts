import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** A `write` that makes `path` whole or leaves it as it was; directories on the way are made. */
export function atomicFile(path: string): (text: string) => Promise<void> {
  return async (text) => {
    const temporary = await draftOf(path);
    try {
      await writeFile(temporary, text, { flag: 'wx' });
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  };
}

/**
 * An empty file that may be read under its name while it is written. Like `atomicFile` it takes the
 * place of what was there, where a plain `open` would follow a link and empty what that leads to.
 */
export async function freshFile(path: string): Promise<FileHandle> {
  const temporary = await draftOf(path);
  const handle = await open(temporary, 'wx');
  try {
    await rename(temporary, path);
    return handle;
  } catch (error) {
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Beside its target: a rename across file systems is none. */
async function draftOf(path: string): Promise<string> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  return join(directory, `.${basename(path)}.${randomUUID()}.tmp`);
}
