import { once } from 'node:events';
import { cpSync, existsSync, globSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { identifyProcess, signalProcess } from '../../src/platform/process-table.ts';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { processesBelow, sharedMemory, sharedMemoryKey } from '../support/leftovers.ts';

const place = scratch('crash');
const runs = path.join(place.path, 'runs');
const workspace = path.join(place.path, 'workspace');
const linux = process.platform === 'linux';

beforeAll(() =>
  cpSync(path.join(root, 'test/fixtures/apps/daemonises'), workspace, { recursive: true }),
);
afterAll(() => place.remove());

const labs = (...args: string[]) => spawnLabs(args, { cwd: workspace, runs });
const grade = () => labs('grade', '--trust', '--provider', 'local');

function leftovers() {
  return {
    runs: existsSync(runs) ? readdirSync(runs) : [],
    processes: processesBelow(runs, workspace),
  };
}

const nothing = { runs: [], processes: [] };

/** Spread over the life of a run, from the start of Node.js to the checks. */
const moments = Array.from({ length: 8 }, (_, i) =>
  Math.round(40 + 1_600 * ((i + Math.random()) / 8)),
);

describe.runIf(linux)('a run that is cut short (Linux: looks into /proc)', () => {
  it('grades when nobody disturbs it', async () => {
    const { code, output } = await grade().ended;
    expect(output).toContain('passing score');
    expect(code).toBe(1);
    expect(leftovers()).toEqual(nothing);
  });

  it.each(moments)('SIGINT after %i ms: it cleans up, and exits 130', async (ms) => {
    const { child, ended } = grade();
    await sleep(ms);
    child.kill('SIGINT');
    const { code, signal, output } = await ended;
    // Before its handlers are there it dies of the signal, and after its end there is nothing to stop.
    expect([130, 1, 'SIGINT'], output).toContain(code ?? signal);
    expect(leftovers()).toEqual(nothing);
  });

  it.each(moments)('kill -9 after %i ms: labs clean leaves nothing', async (ms) => {
    const { child, ended } = grade();
    await sleep(ms);
    child.kill('SIGKILL');
    await ended;
    const clean = await labs('clean').ended;
    expect(clean.code, clean.output).toBe(0);
    expect(leftovers()).toEqual(nothing);
  });

  it('kill -9: the next run leaves nothing', async () => {
    const { child, ended } = grade();
    await sleep(900);
    child.kill('SIGKILL');
    await ended;
    const { code, output } = await grade().ended;
    expect(code, output).toBe(1);
    expect(leftovers()).toEqual(nothing);
  });

  it('kill -9 of its services too: labs clean leaves nothing', async () => {
    const { child, ended } = grade();
    const data = await expect
      .poll(() => globSync('*/postgres/data/postmaster.pid', { cwd: runs }))
      .toHaveLength(1)
      .then(() => path.dirname(globSync(`${runs}/*/postgres/data/postmaster.pid`)[0]!));
    const key = await sharedMemoryKey(data);
    await expect.poll(() => sharedMemory(key)).toHaveLength(1);
    child.kill('SIGKILL');
    await ended;
    await expect
      .poll(() => {
        for (const line of processesBelow(runs))
          signalProcess(Number.parseInt(line, 10), 'SIGKILL');
        return processesBelow(runs);
      })
      .toEqual([]);
    expect(sharedMemory(key)).toHaveLength(1);
    const clean = await labs('clean').ended;
    expect(clean.code, clean.output).toBe(0);
    expect(leftovers()).toEqual(nothing);
    expect(sharedMemory(key)).toEqual([]);
  });

  it('labs clean removes the wrong clocks of killed runs, and leaves those of others', async () => {
    const { pid, started } = await identifyProcess(process.pid);
    // No process has this number: it is above the largest.
    const names = ['4194306-7', `${pid}-${started}`].map((owner) => `labs-clock.${owner}.ab`);
    const files = names.flatMap((name) => [`/dev/shm/${name}`, `/dev/shm/sem.${name}.lock`]);
    for (const file of files) writeFileSync(file, '');
    try {
      // Who else starts a wrong clock at this moment removes them too: what is printed is not certain.
      await labs('clean').ended;
      expect(files.filter((file) => existsSync(file))).toEqual(files.slice(2));
    } finally {
      for (const file of files) rmSync(file, { force: true });
    }
  });

  it('leaves a run alone that is at work', async () => {
    const running = grade();
    await once(running.child.stdout!, 'data');
    await labs('clean').ended;
    const { code, output } = await running.ended;
    expect(code, output).toBe(1);
    expect(leftovers()).toEqual(nothing);
  });
});
