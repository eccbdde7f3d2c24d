import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, rename, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { errorCode } from '../../core/errors.ts';
import { identifyProcess, isAlive } from '../../platform/process-table.ts';
import { removeTree } from '../../platform/run-directory.ts';
import { releaseSharedMemory } from '../../platform/shared-memory.ts';

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
  const parent = path.dirname(directory);
  await mkdir(parent, { recursive: true, mode: 0o755 });
  await removeAbandonedDrafts(parent);
  const draft = path.join(parent, await draftName());
  try {
    await mkdir(draft);
    // Whatever the umask: the server may be another user.
    await chmod(draft, 0o755);
    await make(draft);
    await rename(draft, directory).catch((error: unknown) => {
      // rename(2): somebody else's stands there, with something in it.
      if (errorCode(error) !== 'ENOTEMPTY' && errorCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await removeTree(draft);
  }
  return directory;
}

const SEPARATOR = '~';

async function draftName(): Promise<string> {
  const { pid, started } = await identifyProcess(process.pid);
  const maker = [hostname(), pid, encodeURIComponent(started)];
  return ['.draft', ...maker, randomBytes(4).toString('hex')].join(SEPARATOR);
}

/** Of processes of this machine that were killed while they were at it. */
async function removeAbandonedDrafts(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [kind, host, pid, started] = name.split(SEPARATOR);
    if (kind !== '.draft' || host !== hostname() || started === undefined) continue;
    const maker = { pid: Number(pid), started: decodeURIComponent(started) };
    // One that cannot be removed now, because others are at it too, is removed another time.
    if (await isAlive(maker)) continue;
    const draft = path.join(parent, name);
    await releaseSharedMemory(draft);
    await removeTree(draft).catch(() => {});
  }
}

async function exists(directory: string): Promise<boolean> {
  return stat(directory).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === 'ENOENT') return false;
      throw error;
    },
  );
}
