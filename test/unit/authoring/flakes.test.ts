import { describe, expect, it } from 'vitest';
import { flakesOf, percent, unstartedOf } from '../../../src/authoring/flakes.ts';
import { upperBound95 } from '../../../src/authoring/statistics.ts';
import { mutant, result } from './results.ts';

const seeded = (seed: string) => ({ seed });

describe('wrong verdicts', () => {
  it('are told by subject with their seeds, and by check over all subjects', () => {
    const [flaky] = flakesOf(
      [
        result('solution', 'one', { a: 'passed' }, seeded('s1')),
        result('solution', 'one', { a: 'failed' }, seeded('s2')),
        result('solution', 'one', { a: 'errored' }, seeded('s3')),
        mutant('m', ['a'], { a: 'failed' }, seeded('s4')),
      ],
      ['a'],
    );
    expect(flaky).toEqual({
      id: 'a',
      runs: 4,
      wrong: 2,
      atMost: upperBound95(2, 4),
      subjects: [
        {
          subject: 'solution one',
          runs: 3,
          wrong: 2,
          atMost: upperBound95(2, 3),
          seeds: ['s2', 's3'],
        },
      ],
    });
  });

  it('of a mutant: what it names must fail, what it does not must not', () => {
    const wrong = (caughtBy: string[], verdict: 'passed' | 'failed' | 'skipped' | '-') =>
      flakesOf([mutant('m', caughtBy, { a: verdict })], ['a'])[0]!;
    expect(wrong(['a'], 'skipped')).toMatchObject({ runs: 1, wrong: 1 });
    expect(wrong(['b'], 'failed')).toMatchObject({ runs: 1, wrong: 1 });
    expect(wrong(['b'], 'skipped')).toMatchObject({ runs: 1, wrong: 0 });
    expect(wrong(['b'], '-')).toMatchObject({ runs: 0, wrong: 0 });
  });

  it('of a template are those that it does not usually have', () => {
    const runs = (['failed', 'passed', 'failed'] as const).map((verdict, run) =>
      result('template', 'js', { a: verdict }, seeded(`s${run}`)),
    );
    expect(flakesOf(runs, ['a'])[0]!.subjects).toMatchObject([{ wrong: 1, seeds: ['s1'] }]);
  });

  it('are not counted by check where the app did not start', () => {
    const { checks: _, ...ungraded } = result('solution', 'one', {}, seeded('s3'));
    const runs = [
      result('solution', 'one', { a: 'passed' }, seeded('s1')),
      result('solution', 'one', { a: 'skipped' }, { ...seeded('s2'), unstarted: true }),
      ungraded,
    ];
    expect(flakesOf(runs, ['a'])[0]).toMatchObject({ runs: 1, wrong: 0 });
    expect(unstartedOf(runs)).toMatchObject([{ runs: 3, wrong: 2, seeds: ['s2', 's3'] }]);
  });

  it('are rounded to two digits, and never to none', () => {
    expect([0, 0.000123, 0.0294, 0.5, 1].map(percent)).toEqual([
      '0 %',
      '0.012 %',
      '2.9 %',
      '50 %',
      '100 %',
    ]);
  });
});
