import { once } from 'node:events';
import { cpSync, existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root, scratch } from '../support/cli.ts';
import { spawnLabs } from '../support/command.ts';
import { processesBelow } from '../support/leftovers.ts';

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

  it('leaves a run alone that is at work', async () => {
    const running = grade();
    await once(running.child.stdout!, 'data');
    await labs('clean').ended;
    const { code, output } = await running.ended;
    expect(code, output).toBe(1);
    expect(leftovers()).toEqual(nothing);
  });
});
