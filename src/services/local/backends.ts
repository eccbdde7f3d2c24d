import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { promisify } from 'node:util';
import { statOf } from '../../platform/process-table.ts';

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
      const field = await statOf(Number(pid));
      return [Number(pid), Number(field?.(4))];
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
