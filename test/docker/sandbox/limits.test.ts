import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { usageOf } from '../../../src/apps/docker/sandbox/usage.ts';
import type { AppStartError, RunningProcess } from '../../../src/apps/port.ts';
import type { LogLine } from '../../../src/core/log.ts';
import { connect } from '../../../src/docker/client.ts';
import { engine, noEngine, titled } from '../services/engine-of-this-machine.ts';
import {
  containersOf,
  docker,
  openSandbox,
  remainsOf,
  type Sandbox,
  type SandboxOptions,
  textsOf,
} from './support.ts';

const OUT_OF_MEMORY = 'It ran out of memory: its limit is 256 MiB.';
const TOO_MANY = 'It reached its limit of 64 processes and threads.';

const get = async ({ url }: RunningProcess, appetite: string) =>
  (await fetch(`${url}/${appetite}`)).text();
/** Answered or cut off: what it does to the app is what counts. */
const feed = (app: RunningProcess, appetite: string) => get(app, appetite).catch(() => '');

describe.skipIf(noEngine !== undefined)(titled('an app that takes all it can get'), () => {
  const runs: string[] = [];
  const undo = new AsyncDisposableStack();
  let sandbox: Sandbox;

  const open = async (fixture: string, options: SandboxOptions = {}) =>
    openSandbox(fixture, { ...options, onRun: (id) => runs.push(id) });
  beforeAll(async () => {
    sandbox = undo.use(await open('hungry'));
  });
  afterAll(async () => {
    await undo.disposeAsync();
    expect(await remainsOf(runs)).toEqual([]);
  });

  /** What the app wrote and what was written of it. */
  async function start(appetite?: string, readyTimeoutMs = 20_000) {
    const lines: LogLine[] = [];
    const env: Record<string, string> = appetite === undefined ? {} : { APPETITE: appetite };
    const app = await sandbox.start({ env, readyTimeoutMs, onLog: (line) => lines.push(line) });
    return { app, lines };
  }
  const startError = (appetite: string, readyTimeoutMs?: number): Promise<AppStartError> =>
    start(appetite, readyTimeoutMs).then(
      () => expect.unreachable('it started'),
      (error) => error,
    );
  const containerOfWeb = async () =>
    (await containersOf(sandbox.runId)).find((name) => name.includes('-web'))!;
  const usage = async () =>
    (await usageOf((await connect(engine)).getContainer(await containerOfWeb())))!;
  const gone = async () => expect(await containersOf(sandbox.runId)).toHaveLength(1);

  describe('of memory', () => {
    test('is killed, and told that it ran out', async () => {
      const { app, lines } = await start();
      await feed(app, 'memory');
      expect(await app.exited).toEqual({ code: null, signal: 'SIGKILL', forced: false });
      expect(textsOf(lines)).toContain(`labs: ${OUT_OF_MEMORY}`);
      await gone();
    });

    test('before it serves, does not start, for that reason', async () => {
      expect(await startError('memory')).toMatchObject({
        reason: 'exited',
        message: `The app was ended by SIGKILL before it served. ${OUT_OF_MEMORY}`,
      });
      await gone();
    });

    test('of V8’s heap, is told the same', async () => {
      const { app, lines } = await start();
      await feed(app, 'heap');
      expect(await app.exited).toMatchObject({ signal: expect.stringMatching(/SIGABRT|SIGKILL/) });
      expect(textsOf(lines)).toContain(`labs: ${OUT_OF_MEMORY}`);
    });
  });

  describe('of processes', () => {
    test('gets as many as the limit, and the machine stays usable', async () => {
      const { app } = await start();
      await feed(app, 'bomb');
      const { pids } = await usage();
      expect(pids).toBeGreaterThan(40);
      expect(pids).toBeLessThanOrEqual(64);
      const before = performance.now();
      await app.kill();
      expect(performance.now() - before).toBeLessThan(20_000);
      await gone();
    });

    test('before it serves, is told the limit', async () => {
      expect(await startError('processes')).toMatchObject({
        reason: 'exited',
        message: expect.stringContaining(TOO_MANY),
      });
    });

    test('or of threads, in Python', async () => {
      await using python = await open('hungry-python');
      await expect(python.start()).rejects.toMatchObject({
        message: expect.stringContaining(TOO_MANY),
      });
    });
  });

  describe('of files', () => {
    test.each([
      ['disk', 'It filled its disk: /tmp holds 32 MiB.'],
      ['files', 'It reached its limit of 4096 open files and connections.'],
      ['elsewhere', 'It wrote outside /tmp, which is all that can be written in the sandbox.'],
    ])('(%s) is told: %s', async (appetite, says) => {
      expect(await startError(appetite)).toMatchObject({
        reason: 'exited',
        message: `The app exited with code 1 before it served. ${says}`,
      });
    });

    test('and floods the log, still answers, and leaves no more than a megabyte', async () => {
      let count = 0;
      const onLog = () => {
        count += 1;
      };
      const app = await sandbox.start({ onLog });
      const before = process.memoryUsage().rss;
      await feed(app, 'log');
      await expect.poll(() => count).toBeGreaterThan(50_000);
      expect(await get(app, 'count')).toBe('2');
      expect(process.memoryUsage().rss - before).toBeLessThan(256 * 1024 ** 2);
      const kept = await docker('logs', await containerOfWeb());
      expect(kept.join('\n').length).toBeLessThan(2 * 1024 ** 2);
      await app.kill();
      const inAll = count;
      await sleep(200);
      expect(count).toBe(inAll);
      await gone();
    });
  });

  test('of CPUs, gets its share', async () => {
    const { app } = await start();
    await feed(app, 'spin');
    const used = async () => (await usage()).cpuSeconds;
    const at = performance.now();
    const before = await used();
    await sleep(2_000);
    const share = (await used()) - before;
    expect(share / ((performance.now() - at) / 1000)).toBeLessThanOrEqual(1.3);
    await app.kill();
  });
});
