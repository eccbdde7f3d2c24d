import { allLabs, type Finding, type LabNeeds } from '../finding.ts';
import type { Machine, Space } from '../machine.ts';

type Asked = Pick<Machine, 'space' | 'directories'>;

const MIB = 2 ** 20;

interface Bounds {
  /** Below it, a warning. */
  comfortable: number;
  /** Below it, no run can be made. */
  least: number;
}

/** Prepared data and installed solutions; a template's packages take a hundred MiB beside. */
const CACHE: Bounds = { comfortable: 1024 * MIB, least: 200 * MIB };
/** A server with its databases; a container's /dev/shm has 64 MiB unless it was given more. */
const RUNS: Bounds = { comfortable: 512 * MIB, least: 128 * MIB };

/** Room for what is kept between runs. */
export async function checkDisk(machine: Asked, labs: readonly LabNeeds[]): Promise<Finding> {
  const directory = machine.directories.cache;
  return judge(await machine.space(directory), CACHE, labs, {
    id: 'disk',
    title: 'Disk',
    directory,
    advice: 'make room there, or name a directory on another disk in LABS_CACHE_DIR',
  });
}

/** Room for what one run writes: memory, where the machine has it. */
export async function checkRuns(machine: Asked, labs: readonly LabNeeds[]): Promise<Finding> {
  const directory = machine.directories.runs;
  const space = await machine.space(directory);
  const bounds = space.inMemory ? RUNS : CACHE;
  return judge(space, bounds, labs, {
    id: 'runs',
    title: space.inMemory ? 'Memory' : 'Runs',
    directory,
    advice:
      'make room there, or name another directory in LABS_RUNS_DIR, such as /var/tmp/labs' +
      (space.inMemory ? ' (a container: start it with --shm-size=1g)' : ''),
  });
}

interface About {
  id: string;
  title: string;
  directory: string;
  advice: string;
}

function judge(
  { freeBytes, writable }: Space,
  { comfortable, least }: Bounds,
  labs: readonly LabNeeds[],
  { id, title, directory, advice }: About,
): Finding {
  const free = `${shown(freeBytes)} free for ${directory}`;
  if (!writable || freeBytes < least) {
    return {
      id,
      title,
      state: 'missing',
      found: writable ? free : `${directory} cannot be written to`,
      meaning: writable ? `A run needs ${shown(least)} there.` : 'A run writes there.',
      lack: writable ? `no room for ${directory}` : `${directory} cannot be written to`,
      labs: allLabs(labs),
      advice,
    };
  }
  if (freeBytes < comfortable) {
    const meaning = `Enough for one run; below ${shown(least)} none can be made.`;
    return { id, title, state: 'warning', found: free, meaning, labs: allLabs(labs), advice };
  }
  return { id, title, state: 'ok', found: free, meaning: '', labs: [] };
}

function shown(bytes: number): string {
  const mib = bytes / MIB;
  return mib < 1024 ? `${Math.floor(mib)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}
