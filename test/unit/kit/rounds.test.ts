import { describe, expect, it } from 'vitest';
import { CheckFailure } from '../../../src/core/failure.ts';
import { Response } from '../../../src/kit/http/response.ts';
import { expectNoTimeout, PerhapsStalled, untilInTime } from '../../../src/kit/rounds.ts';

const failure = new CheckFailure({
  action: 'GET /x',
  expected: 'yes',
  actual: 'no',
  evidence: [],
  hint: 'do it',
});

/** Runs rounds that come to these, one after the other; a `CheckFailure` is thrown. */
async function run<T extends boolean | { inTime: boolean }>(
  outcomes: readonly (T | Error)[],
  times?: number,
) {
  const numbers: number[] = [];
  const outcome = untilInTime<T>(async (nth) => {
    numbers.push(nth);
    const next = outcomes[nth - 1]!;
    if (next instanceof Error) throw next;
    return next;
  }, times);
  return { outcome: await outcome.catch((error: unknown) => error), numbers };
}

describe('what may come too late', () => {
  it('is tried once where it was in time', async () => {
    expect(await run([true])).toEqual({ outcome: true, numbers: [1] });
    const outcome = { inTime: true, sku: 'a' };
    expect(await run([outcome])).toEqual({ outcome, numbers: [1] });
  });

  it('is tried again where it came too late, or where the machine may be why it failed', async () => {
    const outcome = { inTime: true, sku: 'c' };
    const outcomes = [{ inTime: false, sku: 'a' }, new PerhapsStalled(failure), outcome];
    expect(await run(outcomes)).toEqual({ outcome, numbers: [1, 2, 3] });
  });

  it('counts the last time, however late', async () => {
    expect(await run([false, false, false])).toEqual({ outcome: false, numbers: [1, 2, 3] });
    const last = new PerhapsStalled(failure);
    expect(await run([false, last], 2)).toEqual({ outcome: last, numbers: [1, 2] });
    expect(last).toMatchObject({ message: failure.message, failure: failure.failure });
  });

  it('fails at once where no machine explains it', async () => {
    expect(await run([failure, true])).toEqual({ outcome: failure, numbers: [1] });
    const ours = new TypeError('ours');
    expect(await run([false, ours, true])).toEqual({ outcome: ours, numbers: [1, 2] });
  });
});

describe('a 503 after a wait', () => {
  const answered = (status: number, durationMs: number) =>
    new Response(status, [], Buffer.alloc(0), {
      ...{ id: 1, method: 'GET', url: 'http://127.0.0.1:1/x', requestHeaders: [] },
      ...{ startedAt: 0, durationMs, violations: [] },
    });
  const judge = (response: Response) => () =>
    expectNoTimeout(response, { service: 'Redis', ms: 100 });

  it('is perhaps the right answer of an app that gave a service up', () => {
    expect(judge(answered(503, 1_520))).toThrow(PerhapsStalled);
    expect(judge(answered(503, 1_520))).toThrow(
      expect.objectContaining({
        failure: expect.objectContaining({
          expected: 'another answer than 503, since Redis is there',
          actual: expect.stringContaining('status 503 after 1.5 s'),
        }),
      }),
    );
  });

  it('is for others to judge where it came sooner, and so is any other answer', () => {
    expect(judge(answered(503, 99))).not.toThrow();
    expect(judge(answered(500, 1_520))).not.toThrow();
    expect(judge(answered(200, 1_520))).not.toThrow();
  });
});
