import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { RunEvent } from '../../../src/core/event.ts';
import type { Resource } from '../../../src/core/resource.ts';
import { Lifecycle } from '../../../src/grading/lifecycle.ts';

function begin(signal = new AbortController().signal) {
  const events: RunEvent[] = [];
  const log: string[] = [];
  const lifecycle = new Lifecycle({
    emit: (event) => events.push(event),
    now: () => performance.now(),
    signal,
  });
  const resource = (id: string, more: Partial<Resource<string>> = {}): Resource<string> => ({
    id,
    title: `Start ${id}`,
    setup: async () => {
      log.push(`${id} up`);
      return id;
    },
    teardown: async () => {
      log.push(`${id} down`);
    },
    ...more,
  });
  return { lifecycle, resource, events, log };
}

describe('resources', () => {
  it('are undone in reverse order, once', async () => {
    const { lifecycle, resource, log } = begin();
    expect(await lifecycle.enter(resource('a'))).toBe('a');
    await lifecycle.enter(resource('b'));
    expect(await lifecycle.close()).toEqual([]);
    expect(await lifecycle.close()).toEqual([]);
    expect(log).toEqual(['a up', 'b up', 'b down', 'a down']);
  });

  it('are undone however far their setup came', async () => {
    const { lifecycle, resource, log } = begin();
    const setup = async () => {
      log.push('b half up');
      throw new Error('no room');
    };
    await lifecycle.enter(resource('a'));
    await expect(lifecycle.enter(resource('b', { setup }))).rejects.toThrow('no room');
    await lifecycle.close();
    expect(log).toEqual(['a up', 'b half up', 'b down', 'a down']);
  });

  it('are undone only once their setup is no longer at work', async () => {
    const stop = new AbortController();
    const { lifecycle, resource, log } = begin(stop.signal);
    const setup = async () => {
      await sleep(30);
      log.push('a up at last');
      return 'a';
    };
    const entered = lifecycle.enter(resource('a', { setup }));
    stop.abort(new Error('stop'));
    await lifecycle.close();
    await entered;
    expect(log).toEqual(['a up at last', 'a down']);
  });

  it('are not set up after the abort', async () => {
    const { lifecycle, resource, log } = begin(AbortSignal.abort(new Error('stop')));
    await expect(lifecycle.enter(resource('a'))).rejects.toThrow('stop');
    await lifecycle.close();
    expect(log).toEqual([]);
  });

  it('get the signal, and say what they wait for', async () => {
    const stop = new AbortController();
    const { lifecycle, resource, events } = begin(stop.signal);
    await lifecycle.enter(
      resource('a', {
        setup: async ({ signal, progress }) => {
          expect(signal).toBe(stop.signal);
          progress('waiting');
          return 'a';
        },
      }),
    );
    expect(events).toMatchObject([
      { type: 'step:started', id: 'a', title: 'Start a' },
      { type: 'step:progress', id: 'a', text: 'waiting' },
      { type: 'step:finished', id: 'a', failed: false },
    ]);
    expect(lifecycle.steps).toMatchObject([{ id: 'a', title: 'Start a' }]);
  });

  it('whose teardown fails are said; the others are undone all the same', async () => {
    const { lifecycle, resource, log } = begin();
    const teardown = async () => {
      throw new Error('it is stuck');
    };
    await lifecycle.enter(resource('a'));
    await lifecycle.enter(resource('b', { teardown }));
    expect(await lifecycle.close()).toEqual(['Start b, undone: it is stuck']);
    expect(log).toEqual(['a up', 'b up', 'a down']);
  });

  it('have a budget for their teardown, and for a setup that does not end', async () => {
    const { lifecycle, resource, log } = begin();
    const never = () => new Promise<never>(() => {});
    await lifecycle.enter(resource('a'));
    await lifecycle.enter(resource('b', { teardown: never, teardownBudgetMs: 20 }));
    void lifecycle.enter(resource('c', { setup: never, teardownBudgetMs: 20 }));
    const startedAt = performance.now();
    expect(await lifecycle.close()).toEqual([
      'Start c, undone: gave up after 0.02 s',
      'Start b, undone: gave up after 0.02 s',
    ]);
    expect(performance.now() - startedAt).toBeLessThan(20_000);
    expect(log).toEqual(['a up', 'b up', 'c down', 'a down']);
  });
});
