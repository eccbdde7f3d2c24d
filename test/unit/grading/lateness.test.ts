import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { lateNote, watchLateness } from '../../../src/grading/lateness.ts';

describe('how late the grader is', () => {
  it('sees how long nothing could run', async () => {
    const watch = watchLateness();
    await sleep(50);
    const until = performance.now() + 400;
    while (performance.now() < until);
    await sleep(50);
    const { oneInAHundredMs, mostMs } = watch.stop();
    expect(mostMs).toBeGreaterThanOrEqual(350);
    expect(oneInAHundredMs).toBeLessThanOrEqual(mostMs);
  });

  it('says nothing of a machine with room', () => {
    expect(lateNote({ oneInAHundredMs: 99, mostMs: 999 })).toBeUndefined();
  });

  it.each([
    [
      { oneInAHundredMs: 100, mostMs: 320 },
      'one in a hundred by 100 ms or more, and one by 320 ms',
    ],
    [{ oneInAHundredMs: 20, mostMs: 1_940 }, 'one in a hundred by 20 ms or more, and one by 1.9 s'],
  ])('says that a failure may be the machine’s', (lateness, text) => {
    expect(lateNote(lateness)).toContain(text);
  });
});
