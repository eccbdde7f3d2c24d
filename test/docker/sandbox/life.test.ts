import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunningProcess } from '../../../src/apps/port.ts';
import type { LogLine } from '../../../src/core/log.ts';
import { quiet } from '../../unit/services/scratch.ts';
import { noEngine, titled } from '../services/engine-of-this-machine.ts';
import { containersOf, openSandbox, remainsOf, type Sandbox, textsOf } from './support.ts';

const get = async ({ url }: RunningProcess, appetite: string) =>
  (await fetch(`${url}/${appetite}`)).text();

describe.skipIf(noEngine !== undefined)(titled('the life of an app in the sandbox'), () => {
  const runs: string[] = [];
  const undo = new AsyncDisposableStack();
  let sandbox: Sandbox;

  beforeAll(async () => {
    sandbox = undo.use(await openSandbox('hungry', { onRun: (id) => runs.push(id) }));
  });
  afterAll(async () => {
    await undo.disposeAsync();
    expect(await remainsOf(runs)).toEqual([]);
  });
  const start = (appetite = '') => sandbox.start({ env: { APPETITE: appetite } });
  const gone = async () => expect(await containersOf(sandbox.runId)).toHaveLength(1);

  test.each([
    ['', 10_000, { code: null, signal: 'SIGTERM', forced: false }],
    ['exits7', 10_000, { code: 7, signal: null, forced: false }],
    ['ignoresSigterm', 500, { code: null, signal: 'SIGKILL', forced: true }],
  ])('SIGTERM ends it as it lets it (%s, %i ms)', async (appetite, graceMs, exit) => {
    const app = await start(appetite);
    expect(await app.terminate(graceMs)).toEqual(exit);
    await gone();
  });

  test('its daemons end with it, and it starts again without them', async () => {
    const app = await start('daemon');
    // An init, the server and two daemons.
    expect(await get(app, 'count')).toBe('4');
    expect(await app.kill()).toEqual({ code: null, signal: 'SIGKILL', forced: false });
    await gone();
    const again = await start();
    expect(await get(again, 'count')).toBe('2');
    await again.kill();
  });

  test('is paused and goes on', async () => {
    const app = await start();
    await app.pause();
    const answer = get(app, 'count');
    expect(await Promise.race([answer, sleep(500, 'silent')])).toBe('silent');
    await app.resume();
    expect(await answer).toBe('2');
    await app.kill();
  });

  // Whether SIGTERM waits for SIGKILL then is the engine's choice.
  test.each(['kill', 'terminate'] as const)('is ended while paused, by %s', async (how) => {
    const app = await start();
    await app.pause();
    expect(await app[how](500)).toMatchObject({ code: null });
    await gone();
  });

  test('runs twice beside a worker', async () => {
    const lines: LogLine[] = [];
    const [first, second, worker] = await Promise.all([
      start(),
      sandbox.start({ instance: 2 }),
      sandbox.app.start(
        {
          process: 'worker',
          instance: 1,
          env: {},
          readyTimeoutMs: 5_000,
          onLog: (line) => lines.push(line),
        },
        quiet(),
      ),
    ]);
    expect(first.url).not.toBe(second.url);
    expect([first.name, second.name, worker.name]).toEqual(['web.1', 'web.2', 'worker.1']);
    await first.kill();
    expect(await get(second, 'count')).toBe('2');
    await expect.poll(() => textsOf(lines)).toEqual(['at work']);
    expect(worker.exit).toBeUndefined();
    await Promise.all([second.kill(), worker.kill()]);
    await gone();
  });
});
