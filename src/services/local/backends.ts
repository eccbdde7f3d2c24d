import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execFileAsync = promisify(execFile);

/** Pids of a process's children. */
export async function backendsOf(parent: number): Promise<number[]> {
  const pairs = process.platform === 'linux' ? await fromProc() : await fromPs();
  return pairs.filter(([, ppid]) => ppid === parent).map(([pid]) => pid);
}

type Pair = [pid: number, ppid: number];

async function fromProc(): Promise<Pair[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  return Promise.all(
    pids.map(async (pid): Promise<Pair> => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      // proc_pid_stat(5): behind the command, which may hold blanks, come state and ppid.
      return [Number(pid), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])];
    }),
  );
}

async function fromPs(): Promise<Pair[]> {
  const { stdout } = await execFileAsync('ps', ['-A', '-o', 'pid=,ppid=']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number) as Pair);
}
