import type { Verdict } from '../core/check.ts';
import { type CheckOutcome, keyOf, type SubjectResult, wasTried } from './results.ts';

/** What a check may say of a subject. */
export type Expected = readonly Verdict[];

/**
 * What each check should say of each subject. A template's checks may fail or pass, but always the
 * same: there the verdict that was seen most is the one.
 */
export function expectations(
  results: readonly SubjectResult[],
): (result: SubjectResult, outcome: CheckOutcome) => Expected {
  const usual = usualVerdicts(results.filter(({ kind }) => kind === 'template'));
  return (result, { id }) => {
    if (result.kind === 'solution') return ['passed'];
    if (result.kind === 'template') return [usual.get(`${keyOf(result)} ${id}`) ?? 'failed'];
    return result.mutant?.caughtBy.includes(id) ? ['failed'] : ['passed', 'skipped'];
  };
}

function usualVerdicts(results: readonly SubjectResult[]): Map<string, Verdict> {
  const counts = new Map<string, Map<Verdict, number>>();
  for (const result of results)
    for (const outcome of (result.checks ?? []).filter(wasTried)) {
      const key = `${keyOf(result)} ${outcome.id}`;
      const of = counts.get(key) ?? new Map<Verdict, number>();
      counts.set(key, of.set(outcome.verdict, (of.get(outcome.verdict) ?? 0) + 1));
    }
  return new Map([...counts].map(([key, of]) => [key, mostFrequent(of)]));
}

function mostFrequent(counts: ReadonlyMap<Verdict, number>): Verdict {
  return [...counts].toSorted(([, a], [, b]) => b - a)[0]![0];
}
