import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { environmentError, messageOf } from '../../core/errors.ts';
import { signalProcess } from '../../platform/process-table.ts';
import { releaseSharedMemory } from '../../platform/shared-memory.ts';
import type { ServerUser } from './server-user.ts';

export const SUPERUSER = 'postgres';

export interface InitdbPlan {
  /** Path of the program. */
  initdb: string;
  /** Must not be there; the directory above it is the user's. */
  directory: string;
  /** Holds the superuser's password; the user can read it. */
  passwordFile: string;
  user: ServerUser | undefined;
  marker: Readonly<Record<string, string>>;
  signal: AbortSignal;
}

/**
 * Makes a data directory: UTF-8, sorted by code point, a password for every connection. Settles
 * when none of its processes is left, aborted or not.
 * @throws {LabsError} `environment`, with what initdb wrote
 */
export async function runInitdb(plan: InitdbPlan): Promise<void> {
  const { initdb, directory, user, marker, signal } = plan;
  signal.throwIfAborted();
  const child = spawn(initdb, flagsOf(plan), {
    ...(user && { uid: user.uid, gid: user.gid }),
    cwd: path.dirname(directory),
    env: { LC_ALL: 'C', TZ: 'UTC', ...marker },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const kill = () => child.pid !== undefined && signalProcess(-child.pid, 'SIGKILL');
  signal.addEventListener('abort', kill, { once: true });
  try {
    const [[code], written] = await Promise.all([once(child, 'close'), text(child.stderr)]);
    signal.throwIfAborted();
    if (code !== 0) throw failure(`exit code ${code}`, written);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof Error && 'syscall' in error ? failure(messageOf(error), '') : error;
  } finally {
    signal.removeEventListener('abort', kill);
    if (signal.aborted) await releaseSharedMemory(directory);
  }
}

function flagsOf({ directory, passwordFile }: InitdbPlan): string[] {
  return [
    ['--pgdata', directory],
    ['--username', SUPERUSER],
    ['--pwfile', passwordFile],
    ['--auth', 'scram-sha-256'],
    ['--encoding', 'UTF8'],
    ['--locale', 'C'],
    ['--locale-provider', 'builtin'],
    ['--builtin-locale', 'C.UTF-8'],
    // A megabyte of log at a time in place of 16: less to copy for every run.
    ['--wal-segsize', '1'],
    // As the servers (settings.ts): a segment in /dev/shm outlives what is killed.
    ['--set', 'dynamic_shared_memory_type=mmap'],
    ['--no-data-checksums', '--no-sync', '--no-instructions'],
  ].flat();
}

function failure(how: string, written: string): Error {
  return environmentError(`Postgres could not make its data directory: initdb, ${how}.`, {
    detail: written.trim() || undefined,
    hint: 'If its files are damaged, “labs clean --cache” has them made anew.',
  });
}
