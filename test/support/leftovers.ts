import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

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

function attempt(read: () => string): string {
  try {
    return read();
  } catch {
    // Gone meanwhile.
    return '';
  }
}
