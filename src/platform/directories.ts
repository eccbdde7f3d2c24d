import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentError, errorCode, messageOf } from '../core/errors.ts';
import type { Directories } from './host.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const VARIABLES = 'LABS_RUNS_DIR, LABS_CACHE_DIR or LABS_STATE_DIR';

/** Where things are kept. `LABS_CACHE_DIR`, `LABS_RUNS_DIR` and `LABS_STATE_DIR` say otherwise. */
export function findDirectories(env: Environment, platform: NodeJS.Platform): Directories {
  // Not os.userInfo(): it throws for a user without an entry in the password file, as in containers.
  const uid = process.getuid?.() ?? 0;
  return {
    package: packageRoot(),
    cache: env['LABS_CACHE_DIR'] ?? cacheRoot(env, platform, uid),
    runs: env['LABS_RUNS_DIR'] ?? path.join(runsRoot(), `backend-labs-${uid}`),
    state: env['LABS_STATE_DIR'] ?? stateRoot(env, platform),
  };
}

/**
 * Makes sure of a directory that is ours alone to write to. Others may have made one of its name
 * below a directory that all can write to, and would then see what we put there.
 */
export function claimDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    if (isOursAlone(directory)) return directory;
  } catch (error) {
    throw environmentError(`Cannot write to ${directory}: ${messageOf(error)}.`, {
      hint:
        errorCode(error) === 'ENOSPC'
          ? `Make room on that disk, or name another directory in ${VARIABLES}.`
          : `Name another directory in ${VARIABLES}.`,
      cause: error,
    });
  }
  throw environmentError(`${directory} is not a directory of yours alone.`, {
    hint: `Remove it, or name another directory in ${VARIABLES}.`,
  });
}

/** Whether it is a directory, no link to one, and nobody else may write to it. */
export function isOursAlone(directory: string): boolean {
  const found = lstatSync(directory);
  const ours = process.getuid === undefined || found.uid === process.getuid();
  return found.isDirectory() && ours && (found.mode & 0o022) === 0;
}

function packageRoot(): string {
  return path.dirname(fileURLToPath(import.meta.resolve('backend-labs/package.json')));
}

function cacheRoot(env: Environment, platform: NodeJS.Platform, uid: number): string {
  const name = 'backend-labs';
  // Postgres refuses to run as root; the user that it runs as instead cannot look into /root.
  if (uid === 0) return path.join('/var/cache', name);
  const home = homedir();
  if (platform === 'darwin') return path.join(home, 'Library', 'Caches', name);
  return path.join(env['XDG_CACHE_HOME'] || path.join(home, '.cache'), name);
}

function stateRoot(env: Environment, platform: NodeJS.Platform): string {
  const name = 'backend-labs';
  const home = homedir();
  if (platform === 'darwin') return path.join(home, 'Library', 'Application Support', name);
  return path.join(env['XDG_STATE_HOME'] || path.join(home, '.local', 'state'), name);
}

/** Memory where the machine has it: a database on it does not wait for a disk. */
function runsRoot(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
