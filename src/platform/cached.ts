import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../core/errors.ts';
import { draftName, readDraftName, thisProcess } from './draft-name.ts';
import { exists } from './exists.ts';
import { isOwnerAlive, removeTree } from './run-directory.ts';
import { releaseSharedMemory } from './shared-memory.ts';

const LABEL = '.draft-';

/**
 * A directory that is made once and then only read. It appears whole or not at all: `make` fills a
 * sibling, which is then renamed. Processes that race for it each make one, and the first wins.
 * @returns the directory's path
 */
export async function cached(
  directory: string,
  make: (draft: string) => Promise<void>,
): Promise<string> {
  if (await exists(directory)) return directory;
  return cachedAs(path.dirname(directory), async (draft) => {
    await make(draft);
    return directory;
  });
}

/**
 * The same where what it is called shows only when it is made.
 * @param make resolves to the directory that the draft is to become, in `parent` like it
 */
export async function cachedAs(
  parent: string,
  make: (draft: string) => Promise<string>,
): Promise<string> {
  await mkdir(parent, { recursive: true, mode: 0o755 });
  await removeAbandonedDrafts(parent);
  const label = `${LABEL}${randomBytes(4).toString('hex')}`;
  const draft = path.join(parent, draftName(label, await thisProcess()));
  try {
    await mkdir(draft);
    // Whatever the umask: a server may be another user, and nobody else writes.
    await chmod(draft, 0o755);
    const directory = await make(draft);
    await rename(draft, directory).catch((error: unknown) => {
      // rename(2): somebody else's stands there, with something in it.
      if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    });
    return directory;
  } finally {
    await removeTree(draft);
  }
}

/** Of processes of this machine that were killed while they were at it. */
async function removeAbandonedDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const { label, maker } = readDraftName(name) ?? {};
    if (!label?.startsWith(LABEL) || maker === undefined || (await isOwnerAlive(maker))) continue;
    // One that cannot be removed now, because others are at it too, is removed another time.
    const draft = path.join(parent, name);
    await releaseSharedMemory(draft);
    await removeTree(draft).catch(() => {});
  }
}
