import { createHash } from 'node:crypto';
import { readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { environmentError, errorCode, LabsError, messageOf } from '../core/errors.ts';
import { atomicFile } from '../platform/atomic-file.ts';
import { claimDirectory, isOursAlone } from '../platform/directories.ts';

/**
 * Whether `labs start` made this very directory, or the user said before that it is theirs. One
 * that was moved or copied, or that came to the place of another, is a stranger's.
 */
export async function isOwnWorkspace(state: string, directory: string): Promise<boolean> {
  const identity = await identify(directory);
  const recorded = await readEntry(fileOf(state, identity.path));
  return isDeepStrictEqual(recorded, identity) && isOursAlone(entriesOf(state));
}

/**
 * From now on the directory is the user's own workspace. Each has a file of its own, so that two
 * that are remembered at once do not lose each other.
 *
 * @throws {LabsError} environment: the state directory cannot be written to
 */
export async function rememberWorkspace(state: string, directory: string): Promise<void> {
  const identity = await identify(directory);
  try {
    claimDirectory(entriesOf(state));
    await atomicFile(fileOf(state, identity.path))(`${JSON.stringify(identity)}\n`);
  } catch (error) {
    if (error instanceof LabsError) throw error;
    throw environmentError(`Cannot write to ${state}: ${messageOf(error)}.`, {
      hint: 'Name another directory in LABS_STATE_DIR.',
      cause: error,
    });
  }
}

/** Forgets what is there no more, and what cannot be read. */
export async function forgetGoneWorkspaces(state: string): Promise<void> {
  const names = await readdir(entriesOf(state)).catch(() => []);
  for (const name of names.filter((each) => ENTRY.test(each))) {
    const file = path.join(entriesOf(state), name);
    const entry = await readEntry(file);
    if (entry === undefined || (await isGone(entry.path))) await rm(file, { force: true });
  }
}

/** Numbers as text: an inode may have 64 bits. */
interface Identity {
  path: string;
  device: string;
  inode: string;
  /** In nanoseconds. Inodes do not do alone: ext4 gives one that came free to the next directory. */
  born: string;
}

async function identify(directory: string): Promise<Identity> {
  const real = await realpath(directory);
  const { dev, ino, birthtimeNs } = await stat(real, { bigint: true });
  return { path: real, device: `${dev}`, inode: `${ino}`, born: `${birthtimeNs}` };
}

const ENTRY = /^[0-9a-f]{64}\.json$/;

function entriesOf(state: string): string {
  return path.join(state, 'workspaces');
}

function fileOf(state: string, real: string): string {
  return path.join(entriesOf(state), `${createHash('sha256').update(real).digest('hex')}.json`);
}

/** Undefined where there is none or it is broken. */
async function readEntry(file: string): Promise<{ path: string } | undefined> {
  try {
    const entry = JSON.parse(await readFile(file, 'utf8'));
    return typeof entry?.path === 'string' ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** What cannot be looked at, as on a disk that does not answer, is not gone. */
async function isGone(directory: string): Promise<boolean> {
  try {
    await stat(directory);
    return false;
  } catch (error) {
    return ['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
  }
}
