import { accessSync, constants, lstatSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { environmentError, errorCode, messageOf } from '../core/errors.ts';
import type { Directories } from './host.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where things are kept. `LABS_CACHE_DIR` and `LABS_RUNS_DIR` say otherwise. */
export function findDirectories(env: Environment, platform: NodeJS.Platform): Directories {
  // Not os.userInfo(): it throws for a user without an entry in the password file, as in containers.
  const uid = process.getuid?.() ?? 0;
  return {
    package: packageRoot(),
    cache: env['LABS_CACHE_DIR'] ?? cacheRoot(env, platform, uid),
    runs: env['LABS_RUNS_DIR'] ?? path.join(runsRoot(), `backend-labs-${uid}`),
  };
}

/**
 * Makes sure of a directory that is ours alone to write to. Others may have made one of its name
 * below a directory that all can write to, and would then see what we put there.
 */
export function claimDirectory(directory: string): string {
  try {
    mkdirSync(directory, { recursive: true, mode: 0o755 });
    const found = lstatSync(directory);
    const ours = process.getuid === undefined || found.uid === process.getuid();
    if (found.isDirectory() && ours && (found.mode & 0o022) === 0) return directory;
  } catch (error) {
    throw environmentError(`Cannot write to ${directory}: ${messageOf(error)}.`, {
      hint:
        errorCode(error) === 'ENOSPC'
          ? 'Make room on that disk, or name another directory in LABS_RUNS_DIR or LABS_CACHE_DIR.'
          : 'Name another directory in LABS_RUNS_DIR or LABS_CACHE_DIR.',
      cause: error,
    });
  }
  throw environmentError(`${directory} is not a directory of yours alone.`, {
    hint: 'Remove it, or name another directory in LABS_RUNS_DIR or LABS_CACHE_DIR.',
  });
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

/** Memory where the machine has it: a database on it does not wait for a disk. */
function runsRoot(): string {
  try {
    accessSync('/dev/shm', constants.W_OK);
    return '/dev/shm';
  } catch {
    return tmpdir();
  }
}
