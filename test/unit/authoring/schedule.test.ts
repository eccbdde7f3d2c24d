import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LoadAdmission } from '../../../src/authoring/schedule/admission.ts';
import { longestFirst } from '../../../src/authoring/schedule/order.ts';
import { about, Progress } from '../../../src/authoring/schedule/progress.ts';

describe('the order', () => {
  it('begins with what was never measured, then the longest', () => {
    const known = new Map([
      ['short', 1],
      ['long', 9],
    ]);
    const turns = ['short', 'new', 'long', 'newer'];
    expect(longestFirst(turns, (turn) => turn, known)).toEqual(['new', 'newer', 'long', 'short']);
  });
});

describe('what is left', () => {
  const keys = ['a', 'a', 'b', 'b', 'c'];
  it('is told in work, not in subjects', () => {
    let now = 0;
    const progress = new Progress(keys, new Map([['c', 60_000]]), () => now);
    now = 10_000;
    for (const key of ['a', 'a', 'b']) progress.finished(key, 10_000);
    // 30 s of work took 10 s; left are 60 s of c and, for b, the usual 10 s.
    expect(progress.remainingMs()).toBeCloseTo(70_000 / 3);
    progress.finished('b', 10_000);
    progress.finished('c', 60_000);
    expect(progress.remainingMs()).toBe(0);
  });

  it('is not told as long as too little is done', () => {
    const progress = new Progress(keys, new Map(), () => 0);
    expect(progress.remainingMs()).toBeUndefined();
  });

  it.each([
    [3_000, 'about 10 s'],
    [61_000, 'about 70 s'],
    [100_000, 'about 2 min'],
  ])('%d ms is %s', (ms, text) => {
    expect(about(ms)).toBe(text);
  });
});

describe('how many run at once', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function machine(busy: number, memory = 8 * 2 ** 30) {
    const load = { busy, memory };
    const admission = new LoadAdmission(
      { busy: () => load.busy, memory: () => load.memory },
      { least: 2, most: 4 },
    );
    const running = new Map<number, () => void>();
    const all = Array.from({ length: 8 }, (_, index) =>
      admission.run(() => new Promise<void>((resolve) => running.set(index, resolve))),
    );
    const end = (index: number) => {
      running.get(index)!();
      running.delete(index);
    };
    return { load, running, end, all };
  }

  it('is one more each moment while the cores are idle, up to the most', async () => {
    const { running } = machine(0.2);
    await vi.advanceTimersByTimeAsync(0);
    expect(running.size).toBe(2);
    await vi.advanceTimersByTimeAsync(500);
    await vi.advanceTimersByTimeAsync(0);
    expect(running.size).toBe(3);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(running.size).toBe(4);
  });

  it('is the least where the cores are busy or memory is short', async () => {
    const [busy, short] = [machine(0.9), machine(0.1, 1 << 20)];
    await vi.advanceTimersByTimeAsync(5_000);
    expect([busy.running.size, short.running.size]).toEqual([2, 2]);
  });

  it('lets the next begin in order, and leaves no timer', async () => {
    const { running, end, all } = machine(0.9);
    await vi.advanceTimersByTimeAsync(0);
    for (let index = 0; index < 8; index += 1) {
      expect([...running.keys()][0]).toBe(index);
      end(index);
      await vi.advanceTimersByTimeAsync(0);
    }
    await Promise.all(all);
    await vi.advanceTimersByTimeAsync(500);
    expect(vi.getTimerCount()).toBe(0);
  });
});
