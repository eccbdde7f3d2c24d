import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import {
  findMarkedProcesses,
  identifyProcess,
  isAlive,
  signalProcess,
} from '../../../src/platform/process-table.ts';
import { RUN_VARIABLE } from '../../../src/platform/run-directory.ts';
import { killProcessesOf } from '../../../src/platform/strays.ts';

const linux = process.platform === 'linux';
let count = 0;
const newRun = () => `test${process.pid}x${++count}`;
const used = new Set<string>();

function start(run: string, script: string): ChildProcess {
  used.add(run);
  return spawn(process.execPath, ['-e', script], {
    env: { PATH: process.env['PATH'], [RUN_VARIABLE]: run },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

const firstLine = async (child: ChildProcess) => String((await once(child.stdout!, 'data'))[0]);

afterEach(async () => {
  for (const run of used) await killProcessesOf(run);
  used.clear();
});

const WAIT = 'console.log(process.pid); setInterval(() => {}, 1000)';

describe('who a process is', () => {
  it('we are alive', async () => {
    expect(await isAlive(await identifyProcess(process.pid))).toBe(true);
  });

  it('another that has our number is not us', async () => {
    expect(await isAlive({ pid: process.pid, started: '1' })).toBe(false);
  });

  it('one that has ended is not alive', async () => {
    const child = start(newRun(), WAIT);
    await firstLine(child);
    const identity = await identifyProcess(child.pid!);
    expect(await isAlive(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isAlive(identity)).toBe(false);
    expect(signalProcess(child.pid!, 0)).toBe(false);
  });

  it.runIf(linux)('a zombie has ended', async () => {
    // The long sleep takes the place of the shell, while the short one is still there, and never asks
    // how its child ended.
    const child = spawn('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 30'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    try {
      const pid = Number(await firstLine(child));
      await expect.poll(() => isAlive({ pid, started: 'unknown' })).toBe(false);
      expect(signalProcess(pid, 0)).toBe(true);
    } finally {
      child.kill('SIGKILL');
    }
  });
});

describe('the processes of a run', () => {
  it('are found by their mark, and no others', async () => {
    const [one, other] = [newRun(), newRun()];
    const children = [start(one, WAIT), start(one, WAIT), start(other, WAIT)];
    await Promise.all(children.map(firstLine));
    const found = await findMarkedProcesses(RUN_VARIABLE, one);
    expect(found.sort()).toEqual([children[0]!.pid, children[1]!.pid].sort());
    // A run whose id is the beginning of another’s.
    expect(await findMarkedProcesses(RUN_VARIABLE, one.slice(0, -1))).toEqual([]);
  });

  it.runIf(linux)('end, even those that forked twice and took a session of their own', async () => {
    const run = newRun();
    used.add(run);
    // The middle process ends at once: the daemon belongs to init.
    const child = spawn('sh', ['-c', `setsid sh -c '(sleep 60 & echo $!) & exit' & wait`], {
      env: { PATH: process.env['PATH'], [RUN_VARIABLE]: run },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const daemon = Number(await firstLine(child));
    expect(signalProcess(daemon, 0)).toBe(true);
    expect(await killProcessesOf(run)).toBeGreaterThanOrEqual(1);
    expect(await findMarkedProcesses(RUN_VARIABLE, run)).toEqual([]);
    expect(await isAlive({ pid: daemon, started: 'unknown' })).toBe(false);
  });

  it('end, even while they start others', async () => {
    const run = newRun();
    const child = start(
      run,
      `const { spawn } = require('node:child_process');
       setInterval(() => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }), 5);
       console.log('at work')`,
    );
    await firstLine(child);
    expect(await killProcessesOf(run)).toBeGreaterThan(0);
    expect(await findMarkedProcesses(RUN_VARIABLE, run)).toEqual([]);
  });

  it.runIf(linux)(
    'have let go of all that they held, however much, when they are gone',
    async () => {
      const run = newRun();
      // It takes a while to take so much memory back, when its environment is empty already.
      const child = start(run, `globalThis.held = Buffer.alloc(2 ** 28, 1); ${WAIT}`);
      await firstLine(child);
      const identity = await identifyProcess(child.pid!);
      expect(await killProcessesOf(run)).toBe(1);
      expect(await isAlive(identity)).toBe(false);
    },
  );

  it('are asked first where there is a grace', async () => {
    const run = newRun();
    const child = start(run, `process.on('SIGINT', () => process.exit(7)); ${WAIT}`);
    await firstLine(child);
    const ended = once(child, 'exit');
    expect(await killProcessesOf(run, 5_000)).toBe(1);
    expect(await ended).toEqual([7, null]);
  });

  it('are killed where the grace is over', async () => {
    const run = newRun();
    const child = start(run, `process.on('SIGINT', () => {}); ${WAIT}`);
    await firstLine(child);
    const ended = once(child, 'exit');
    await killProcessesOf(run, 50);
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('may be none', async () => {
    expect(await killProcessesOf(newRun(), 5_000)).toBe(0);
  });
});

/** Sends SIGKILL to a process, or to the group of that number where it is negative, as another user. */
function killAsNobody(pid: number): string {
  const table = new URL('../../../src/platform/process-table.ts', import.meta.url);
  const script = `
    const { signalProcess } = await import('${table}');
    process.setuid(65_534);
    console.log(signalProcess(${pid}, 'SIGKILL'));`;
  return execFileSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).trim();
}

describe.runIf(linux && process.getuid?.() === 0)('a process of another user', () => {
  it('in a group is nobody who gets our signal; by itself it is an error', () => {
    const sleeper = spawn('sleep', ['60'], { detached: true, stdio: 'ignore' });
    try {
      expect(killAsNobody(-sleeper.pid!)).toBe('false');
      expect(() => killAsNobody(sleeper.pid!)).toThrow('EPERM');
    } finally {
      sleeper.kill('SIGKILL');
    }
  });
});
