import { execFile } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { errorCode } from '../core/errors.ts';

const execFileAsync = promisify(execFile);

/** How long a program may take to be loaded, of a slow disk. */
const EXEC_MS = 2_000;

/** A process and when it began: a pid alone is used again by others. */
export interface ProcessIdentity {
  pid: number;
  /** Opaque; equal only for the same process. */
  started: string;
}

export async function identifyProcess(pid: number): Promise<ProcessIdentity> {
  return { pid, started: (await startOf(pid)) ?? 'unknown' };
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  const started = await startOf(identity.pid);
  return started !== undefined && (started === identity.started || identity.started === 'unknown');
}

/**
 * Pids of the processes whose environment, as it was when they began, has `name=value`. It finds
 * what a process group does not: daemons that forked twice and took a session of their own.
 */
export async function findMarkedProcesses(name: string, value: string): Promise<number[]> {
  const entry = `${name}=${value}`;
  const marked = await Promise.all(
    (await environments()).map(async ({ pid, environment }) =>
      (await environment()).includes(entry) ? pid : undefined,
    ),
  );
  return marked.filter((pid) => pid !== undefined && pid !== process.pid) as number[];
}

/** Sends a signal, to a whole group where the number is negative; false if there is nobody to get it. */
export function signalProcess(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
    // Of a group: all in it are another user's, or, as Darwin has it, have ended and nobody has waited for them yet.
    if (errorCode(error) === 'EPERM' && pid < 0) return false;
    throw error;
  }
}

async function startOf(pid: number): Promise<string | undefined> {
  if (process.platform === 'linux') {
    const field = await statOf(pid);
    // A zombie has ended, unless another thread of it has not: that one holds the files still.
    const hasEnded = field?.(3) === 'Z' && Number(field(20)) <= 1;
    return hasEnded ? undefined : field?.(22);
  }
  try {
    // The same text whoever asks: the caller's language and time zone would be in it.
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    const { stdout } = await execFileAsync('ps', ['-o', 'lstart=', '-p', String(pid)], { env });
    return stdout.trim() || undefined;
  } catch (error) {
    // Its exit code where there is no such process. A machine on which it cannot run says nothing of the process.
    if ((error as { code?: unknown }).code === 1) return undefined;
    throw error;
  }
}

/** Linux: the fields of proc_pid_stat(5) by number, from 3 on; undefined where there is no such process. */
export async function statOf(
  pid: number,
): Promise<((number: number) => string | undefined) | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  // The second field, the command, may hold blanks and parentheses: count from its end.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields && ((number) => fields[number - 3]);
}

/** Empty where the process is gone meanwhile, or another user's. */
async function environOf(pid: number): Promise<string> {
  const read = () => readFile(`/proc/${pid}/environ`, 'utf8').catch(() => undefined);
  const givenUp = performance.now() + EXEC_MS;
  for (;;) {
    const environ = await read();
    if (environ !== '') return environ ?? '';
    // A process that becomes another program has none for a moment, and may have it by now.
    if (!(await isInExec(pid)) || performance.now() >= givenUp) return (await read()) ?? '';
    await sleep(1);
  }
}

async function isInExec(pid: number): Promise<boolean> {
  const field = await statOf(pid);
  if (field === undefined || field(3) === 'Z') return false;
  // Flags, of linux/sched.h: neither PF_EXITING nor PF_KTHREAD, which have no environment to come.
  if ((Number(field(9)) & 0x0020_0004) !== 0) return false;
  // Where it ends: 0 until it is there.
  return field(51) === '0';
}

interface ProcessEnvironment {
  pid: number;
  environment(): Promise<readonly string[]>;
}

async function environments(): Promise<ProcessEnvironment[]> {
  if (process.platform === 'linux') {
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
    return pids.map((pid) => ({
      pid: Number(pid),
      environment: async () => (await environOf(Number(pid))).split('\0'),
    }));
  }
  const { stdout } = await execFileAsync('ps', ['-A', '-E', '-ww', '-o', 'pid=,command='], {
    maxBuffer: 64 << 20,
  });
  return stdout.split('\n').map((line) => {
    const [, pid = '0', rest = ''] = /^\s*(\d+)\s(.*)$/.exec(line) ?? [];
    return { pid: Number(pid), environment: async () => rest.split(' ') };
  });
}
