import { describe, expect, it } from 'vitest';
import { CheckFailure } from '../../../src/core/failure.ts';
import { attempt, concurrently, eventually } from '../../../src/kit/time.ts';
import { failureOf } from './failure.ts';

const failure = (actual = 'no') =>
  new CheckFailure({ action: 'GET /x', expected: 'yes', actual, evidence: [], hint: 'do it' });

describe('attempt', () => {
  it('gives the value, or the learner’s failure', async () => {
    expect(await attempt(async () => 7)).toEqual({ value: 7 });
    const problem = failure();
    expect((await attempt(() => Promise.reject(problem))).failure).toBe(problem);
  });

  it('throws on what is not the learner’s', async () => {
    await expect(attempt(() => Promise.reject(new TypeError('ours')))).rejects.toThrow('ours');
  });
});

describe('concurrently', () => {
  it('starts all at once and keeps their order', async () => {
    let now = 0;
    let most = 0;
    const values = await concurrently(10, async (i) => {
      most = Math.max(most, ++now);
      await new Promise((done) => setTimeout(done, 10 - i));
      now -= 1;
      return i;
    });
    expect(values).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(most).toBe(10);
  });

  it('throws the first failure, once none is under way', async () => {
    let ended = 0;
    const run = concurrently(4, async (i) => {
      await new Promise((done) => setTimeout(done, 5 * i));
      ended += 1;
      if (i === 1 || i === 2) throw failure(`${i}`);
    });
    await expect(run).rejects.toMatchObject({ failure: { actual: '1' } });
    expect(ended).toBe(4);
  });
});

describe('eventually', () => {
  it('tries until it holds', async () => {
    let tries = 0;
    const value = await eventually(
      async () => {
        if (++tries < 3) throw failure();
        return tries;
      },
      { withinMs: 5_000, everyMs: 1 },
    );
    expect(value).toBe(3);
  });

  it('fails in the end with what it saw last, and the time', async () => {
    let tries = 0;
    const run = () =>
      eventually(() => Promise.reject(failure(`try ${++tries}`)), { withinMs: 30, everyMs: 5 });
    expect(await failureOf(run)).toEqual({
      action: 'GET /x',
      expected: 'within 0.03 s, trying again and again: yes',
      actual: `try ${tries}`,
      evidence: [],
      hint: 'do it',
    });
    expect(tries).toBeGreaterThan(1);
  });

  it('tries once where there is no time', async () => {
    await expect(eventually(async () => 'yes', { withinMs: 0 })).resolves.toBe('yes');
  });

  it('ends with its signal, and with a fault of ours', async () => {
    const stop = new AbortController();
    const waiting = eventually(() => Promise.reject(failure()), {
      withinMs: 60_000,
      everyMs: 60_000,
      signal: stop.signal,
    });
    setTimeout(() => stop.abort(), 5);
    await expect(waiting).rejects.toThrow();
    const ours = eventually(() => Promise.reject(new TypeError('ours')), { withinMs: 60_000 });
    await expect(ours).rejects.toThrow('ours');
  });
});
