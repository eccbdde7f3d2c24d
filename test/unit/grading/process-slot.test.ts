import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  AppStartError,
  type Exit,
  type PreparedApp,
  type RunningProcess,
} from '../../../src/apps/port.ts';
import { LogRecord } from '../../../src/core/log-record.ts';
import { ProcessSlot } from '../../../src/grading/world/process-slot.ts';
import { failureOf } from '../kit/failure.ts';

interface Fake extends RunningProcess {
  end(exit?: Partial<Exit>): void;
  did: string[];
}

/** An app whose processes are not there; each takes `startMs` to start and `endMs` to end. */
function setup({ startMs = 0, endMs = 0 } = {}) {
  const started: Fake[] = [];
  const settings: Readonly<Record<string, string>>[] = [];
  let refusal: Error | undefined;
  const app: PreparedApp = {
    reach: async (server) => ({ ...server, shut: () => {}, open: async () => {} }),
    whyLost: async () => undefined,
    start: async (given, { signal }) => {
      settings.push(given.env);
      await sleep(startMs, undefined, { signal });
      if (refusal !== undefined) throw refusal;
      const exited = Promise.withResolvers<Exit>();
      const fake: Fake = {
        name: 'web.1',
        url: `http://127.0.0.1:${20_000 + started.length}`,
        exited: exited.promise,
        exit: undefined,
        did: [],
        end: (exit = {}) => exited.resolve({ code: 0, signal: null, forced: false, ...exit }),
        terminate: async () => {
          setTimeout(() => fake.end(), endMs);
          return exited.promise;
        },
        kill: async () => {
          fake.end({ code: null, signal: 'SIGKILL' });
          return exited.promise;
        },
        pause: async () => void fake.did.push('pause'),
        resume: async () => void fake.did.push('resume'),
      };
      started.push(fake);
      return fake;
    },
  };
  const env = { KEY: 'good', URL: 'x' };
  const spec = { process: 'web', instance: 1, env, readyTimeoutMs: 1, onLog: () => {} };
  const slot = new ProcessSlot(app, spec, new AbortController().signal, () => performance.now());
  const log = new LogRecord();
  const check = new AbortController();
  return {
    slot,
    started,
    settings,
    check,
    log,
    process: slot.facade(log, 100, check.signal),
    refuse: (error: Error | undefined) => {
      refusal = error;
    },
  };
}

const settle = () => sleep(1);

describe('the place of a process', () => {
  it('starts it once, however many ask', async () => {
    const { slot, started, process } = setup({ startMs: 10 });
    await Promise.all([slot.start(), slot.heal(), process.start()]);
    await slot.start();
    expect(started).toHaveLength(1);
    expect(slot.url).toBe('http://127.0.0.1:20000');
  });

  it('starts another when it has ended', async () => {
    const { slot, started } = setup();
    await slot.start();
    started[0]!.end({ code: 1 });
    await settle();
    expect(slot.isDown).toBe(true);
    await slot.heal();
    expect(slot.isDown).toBe(false);
    expect(slot.url).toBe('http://127.0.0.1:20001');
  });

  it('counts an end that nobody asked for, and no other', async () => {
    const { slot, started, process } = setup();
    await slot.start();
    await process.terminate(1_000);
    await slot.start();
    await process.kill();
    expect(slot.crashes).toBe(0);
    await slot.start();
    started[2]!.end({ code: 1 });
    await settle();
    expect(slot.crashes).toBe(1);
    expect(process.exit).toMatchObject({ code: 1, tookMs: 0 });
  });

  it('says how long an end took, to all who ask', async () => {
    const { slot, process } = setup({ endMs: 20 });
    await slot.start();
    const { exited } = process;
    const exit = await process.terminate(1_000);
    expect(exit).toMatchObject({ code: 0, signal: null, forced: false });
    expect(exit.tookMs).toBeGreaterThan(15);
    expect(await exited).toEqual(exit);
    expect(process.exit).toEqual(exit);
    expect(await process.kill()).toEqual(exit);
  });

  it('wakes what was paused when it is mended', async () => {
    const { slot, started, process } = setup();
    await slot.start();
    await process.pause();
    await slot.heal();
    await slot.heal();
    expect(started[0]!.did).toEqual(['pause', 'resume']);
  });

  it('shows the log of this process since the check began', async () => {
    const { process, log } = setup();
    for (const [at, source] of [
      [99, 'web.1'],
      [100, 'web.1'],
      [101, 'web.2'],
    ] as const)
      log.add({ at, source, stream: 'stdout', text: `${source} at ${at}` });
    expect(process.log().map(({ text }) => text)).toEqual(['web.1 at 100']);
  });

  it('an app that does not come up again is the learner’s failure', async () => {
    const { slot, process, started, refuse } = setup();
    await slot.start();
    started[0]!.end();
    await settle();
    refuse(new AppStartError('exited', 'The app exited with code 1.', 'See its log.', []));
    const failure = await failureOf(() => process.start());
    expect(failure).toMatchObject({
      action: 'start web.1 again',
      expected: 'the app to keep running',
      actual: 'The app exited with code 1.',
      hint: 'See its log.',
    });
  });

  it('starts it with other settings, and as it was when it is mended', async () => {
    const { slot, process, settings } = setup();
    await slot.start();
    await process.kill();
    expect(await process.startWith({ KEY: 'bad' }, { withinMs: 100 })).toBeUndefined();
    expect(slot.isDown).toBe(false);
    await slot.heal();
    await slot.heal();
    expect(settings).toEqual([
      { KEY: 'good', URL: 'x' },
      { KEY: 'bad', URL: 'x' },
      { KEY: 'good', URL: 'x' },
    ]);
  });

  it('tells how it ended where it would not start with other settings', async () => {
    const { slot, process, refuse } = setup();
    await slot.start();
    await process.kill();
    const exit = { code: 78, signal: null, forced: false };
    refuse(new AppStartError('exited', 'The app exited with code 78.', 'See its log.', [], exit));
    expect(await process.startWith({ KEY: '' }, { withinMs: 100 })).toMatchObject(exit);
    expect(slot.isDown).toBe(true);
    refuse(new AppStartError('silent', 'The app listens on no port.', 'Listen.', []));
    const failure = await failureOf(() => process.startWith({ KEY: '' }, { withinMs: 100 }));
    expect(failure).toMatchObject({ action: 'start web.1 with KEY changed' });
    refuse(undefined);
    await slot.heal();
    expect(slot.isDown).toBe(false);
  });

  it('a check that is over cannot touch it any more', async () => {
    const { slot, started, process, check } = setup();
    await slot.start();
    check.abort(new Error('over'));
    await expect(process.kill()).rejects.toThrow('over');
    await expect(process.terminate(1)).rejects.toThrow('over');
    await expect(process.start()).rejects.toThrow('over');
    await expect(process.pause()).rejects.toThrow('over');
    expect(started[0]!.did).toEqual([]);
    expect(slot.isDown).toBe(false);
  });

  it('when the world is taken down, what is still starting stops', async () => {
    const { slot, started } = setup({ startMs: 60_000 });
    const starting = slot.start();
    starting.catch(() => {});
    await slot.end();
    await expect(starting).rejects.toThrow();
    expect(started).toEqual([]);
  });

  it('when the world is taken down, its end is no crash', async () => {
    const { slot } = setup();
    await slot.start();
    await slot.end();
    expect(slot.crashes).toBe(0);
    expect(slot.isDown).toBe(true);
  });
});
