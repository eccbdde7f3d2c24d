import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { stat } from 'node:fs/promises';

/** Processes that work below one of these directories, or name one on their command line. */
export function processesBelow(...directories: string[]): string[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    if (Number(pid) === process.pid) return [];
    const command = attempt(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    const cwd = attempt(() => readlinkSync(`/proc/${pid}/cwd`));
    const below = directories.some(
      (directory) => command.includes(directory) || cwd.startsWith(directory),
    );
    return below ? [`${pid} ${command.replaceAll('\0', ' ')}`] : [];
  });
}

/** Of the System V memory of a Postgres server with its data there. */
export async function sharedMemoryKey(data: string): Promise<number> {
  return (await stat(data)).ino | 0;
}

/** What `ipcs -m` shows with this key; nothing where there is no /proc. */
export function sharedMemory(key: number): string[] {
  return attempt(() => readFileSync('/proc/sysvipc/shm', 'utf8'))
    .split('\n')
    .filter((row) => Number(row.trim().split(/\s+/)[0]) === key);
}

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    // Gone meanwhile.
    return '';
  }
}
