import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);
/** Bytes: Postgres writes down who made it. Its data are in memory that goes with the process. */
const LARGEST = 4096;
/** Who was killed is at it a moment longer: it loses its environment, by which it is found, before its memory. */
const LETS_GO_WITHIN_MS = 3_000;
const PAUSE_MS = 10;

/**
 * Removes the System V memory of Postgres servers that were killed, whose data lie in a directory or
 * up to two levels below it; to be called while they still lie there. A server makes a few bytes with
 * the inode of its data directory as their key, so that a second one finds out about it. They outlive
 * a SIGKILL, and a machine has room for 4096 such.
 *
 * Linux only (proc_sysvipc(5)). What cannot be removed stays, and so does what a process is still attached to after 3 s.
 */
export async function releaseSharedMemory(directory: string): Promise<void> {
  const segments = (await listSegments()).filter(({ key, bytes }) => key !== 0 && bytes <= LARGEST);
  if (segments.length === 0) return;
  const owners = new Map(
    (await directoriesOf(directory, 2)).map(({ ino, uid }) => [ino | 0, uid] as const),
  );
  const left = segments.filter(({ key, creator }) => owners.get(key) === creator);
  await Promise.all(left.map(removeSegment));
}

async function removeSegment({ id }: Segment): Promise<void> {
  const until = performance.now() + LETS_GO_WITHIN_MS;
  while (await isAttached(id)) {
    if (performance.now() > until) return;
    await sleep(PAUSE_MS);
  }
  await execFileAsync('ipcrm', ['-m', String(id)]).catch(() => {});
}

async function isAttached(id: number): Promise<boolean> {
  return (await listSegments()).some((segment) => segment.id === id && segment.attached > 0);
}

interface Segment {
  key: number;
  id: number;
  bytes: number;
  /** By how many processes. */
  attached: number;
  /** uid */
  creator: number;
}

async function listSegments(): Promise<Segment[]> {
  const table = await readFile('/proc/sysvipc/shm', 'utf8').catch(() => '');
  return table
    .split('\n')
    .slice(1)
    .filter((row) => row.trim() !== '')
    .map((row) => {
      const [key, id, , bytes, , , attached, , , creator] = row.trim().split(/\s+/).map(Number);
      return { key, id, bytes, attached, creator } as Segment;
    });
}

async function directoriesOf(
  directory: string,
  depth: number,
): Promise<{ ino: number; uid: number }[]> {
  const own = await stat(directory).catch(() => undefined);
  if (own === undefined || !own.isDirectory()) return [];
  if (depth === 0) return [own];
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const below = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => directoriesOf(path.join(directory, name), depth - 1)),
  );
  return [own, ...below.flat()];
}
