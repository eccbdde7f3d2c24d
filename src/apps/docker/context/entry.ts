import type { Stats } from 'node:fs';
import { lstat, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentError, errorCode, messageOf } from '../../../core/errors.ts';
import type { ContextFile } from './files.ts';
import type { Limits } from './limits.ts';
import { flawOf } from './names.ts';
import { openUnfollowed } from './open.ts';
import { leaveOut, type Problem, shown } from './refusal.ts';

const SYMLINK_MODE = 0o777;

/** What stands at a path, or why it cannot be sent. `owner` is the uid of the root directory. */
export async function examine(
  root: string,
  path: string,
  { owner, limits }: { owner: number; limits: Limits },
): Promise<ContextFile | Problem> {
  const file = join(root, path);
  try {
    const stats = await lstat(file);
    // Setuid, setgid, sticky and what is for others: the sandbox has one user.
    const mode = stats.isDirectory() || stats.mode & 0o100 ? 0o755 : 0o644;
    if (stats.isDirectory()) return { path, kind: 'directory', mode, size: 0 };
    if (stats.isSymbolicLink()) return symlink(path, await readlink(file, 'buffer'), limits);
    if (!stats.isFile()) {
      const message = `${shown(path)} is ${kindOf(stats)}; only files, directories and symlinks can be sent`;
      return { path, message };
    }
    if (isAnothers(stats, owner)) {
      const message = `${shown(path)} is a hard link to a file that belongs to user ${stats.uid}, not to the submission's owner`;
      return { path, message, hint: leaveOut('put a copy in its place') };
    }
    // Whoever may not open it learns so now, before anything is built.
    await (await openUnfollowed(file)).close();
    return { path, kind: 'file', mode, size: stats.size };
  } catch (error) {
    return unreadable(path, error);
  }
}

/** What the machine does to any file. */
const OURS = ['EIO', 'EMFILE', 'ENFILE', 'ENOMEM'];

/** @throws {LabsError} environment: it is no fault of the file */
export function unreadable(path: string, error: unknown): Problem {
  const code = errorCode(error) ?? messageOf(error);
  const message = `${shown(path)} cannot be read (${code})`;
  if (OURS.includes(code)) throw environmentError(`${message}.`, { cause: error });
  return { path, message, hint: leaveOut('see its permissions') };
}

/**
 * A hard link is sent as what it holds, so it leads nowhere, and how many names a file has says
 * nothing about where they are: pnpm and uv link from their stores, backups and deduplication
 * link everywhere. What could hurt is a link to a secret that we may read and its maker may not;
 * Linux lets nobody make one (protected_hardlinks), other systems do, and the owner gives it away.
 */
function isAnothers({ nlink, uid }: Stats, owner: number): boolean {
  return nlink > 1 && uid !== owner;
}

function symlink(path: string, bytes: Buffer, { maxPathBytes }: Limits): ContextFile | Problem {
  const flaw = bytes.length > maxPathBytes ? `is over ${maxPathBytes} bytes` : flawOf(bytes);
  if (flaw !== undefined) {
    const hint = leaveOut('let it point elsewhere');
    return { path, message: `${shown(path)} is a symlink, and its target ${flaw}`, hint };
  }
  return { path, kind: 'symlink', mode: SYMLINK_MODE, size: 0, target: bytes.toString() };
}

function kindOf(stats: Stats): string {
  if (stats.isFIFO()) return 'a FIFO';
  if (stats.isSocket()) return 'a socket';
  if (stats.isBlockDevice() || stats.isCharacterDevice()) return 'a device';
  return 'of an unknown kind';
}
