import { expect, it } from 'vitest';
import type { CheckResult } from '../../../src/core/report.ts';
import { foldSkipped } from '../../../src/reporters/terminal/fold-skipped.ts';

function check(id: string, over: Partial<CheckResult>): CheckResult {
  return {
    id,
    title: id,
    stage: 'one',
    verdict: 'skipped',
    points: 2,
    earned: 0,
    gradable: true,
    needs: [],
    hint: '',
    reference: { title: '', url: '' },
    durationMs: 0,
    ...over,
  };
}

it('tells checks together that wait for the same one, through whatever chain', () => {
  const root = check('root', { verdict: 'failed' });
  const a = check('a', { needs: ['root'], skipped: 'needs root, which failed' });
  const b = check('b', { needs: ['a'], skipped: 'needs a, which was skipped' });
  const c = check('c', { needs: ['b'], skipped: 'needs b, which was skipped' });
  const all = [root, a, b, c];
  const folded = foldSkipped(all, all);
  expect(folded.checks).toEqual([root]);
  expect(folded.skipped).toEqual([
    { text: '3 checks wait for root', gradable: true, checks: [a, b, c] },
  ]);
});

it('leaves a few as they are', () => {
  const root = check('root', { verdict: 'failed' });
  const a = check('a', { needs: ['root'], skipped: 'needs root, which failed' });
  expect(foldSkipped([root, a], [root, a])).toEqual({ checks: [root, a], skipped: [] });
});

it('ends where checks need each other', () => {
  const a = check('a', { needs: ['b'] });
  const b = check('b', { needs: ['a'] });
  const c = check('c', { needs: ['a'] });
  expect(() => foldSkipped([a, b, c], [a, b, c])).not.toThrow();
});
