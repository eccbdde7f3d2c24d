import { expectations } from './expected.ts';
import { keyOf, type SubjectResult, wasTried } from './results.ts';
import { upperBound95 } from './statistics.ts';

/** How often something was tried, and how often the verdict was not the expected one. */
export interface Rate {
  runs: number;
  wrong: number;
  /** Of the rate of wrong verdicts, with 95 % confidence. */
  atMost: number;
}

export interface CheckFlakes extends Rate {
  id: string;
  /** Those with a wrong verdict, the most frequent first. */
  subjects: readonly SubjectFlakes[];
}

export interface SubjectFlakes extends Rate {
  /** `mutant forgets-rollback`. */
  subject: string;
  /** Of the runs with a wrong verdict. */
  seeds: readonly string[];
}

/**
 * Wrong verdicts by check and subject, the most frequent first. The bound for a check counts the runs
 * with all subjects as one sample, as if it were as steady with each; beside one that flakes it says
 * too little, and the bound for that subject counts.
 */
export function flakesOf(results: readonly SubjectResult[], checks: readonly string[]) {
  const expected = expectations(results);
  const tries = results.filter(wasStarted).flatMap((result) =>
    (result.checks ?? []).filter(wasTried).map((outcome) => ({
      id: outcome.id,
      subject: keyOf(result),
      seed: result.seed,
      wrong: !expected(result, outcome).includes(outcome.verdict),
    })),
  );
  const byCheck = Map.groupBy(tries, ({ id }) => id);
  return checks
    .map((id): CheckFlakes => {
      const own = byCheck.get(id) ?? [];
      const subjects = [...Map.groupBy(own, ({ subject }) => subject)].map(([subject, of]) => ({
        subject,
        ...rateOf(of),
        seeds: of.filter(({ wrong }) => wrong).map(({ seed }) => seed),
      }));
      return { id, ...rateOf(own), subjects: worstFirst(subjects) };
    })
    .toSorted((a, b) => shareOf(b) - shareOf(a));
}

/** Subjects that did not start each time, or could not be graded: what their checks say is nothing. */
export function unstartedOf(results: readonly SubjectResult[]): SubjectFlakes[] {
  const starts = [...Map.groupBy(results, keyOf)].map(([subject, runs]) => {
    const wrong = runs.filter((result) => !wasStarted(result));
    return {
      subject,
      ...rateOf(runs.map((result) => ({ wrong: !wasStarted(result) }))),
      seeds: wrong.map(({ seed }) => seed),
    };
  });
  return worstFirst(starts);
}

function wasStarted({ checks, unstarted }: SubjectResult): boolean {
  return checks !== undefined && unstarted !== true;
}

function worstFirst(subjects: readonly SubjectFlakes[]): SubjectFlakes[] {
  return subjects.filter(({ wrong }) => wrong > 0).toSorted((a, b) => shareOf(b) - shareOf(a));
}

function rateOf(tries: readonly { wrong: boolean }[]): Rate {
  const wrong = tries.filter((each) => each.wrong).length;
  return { runs: tries.length, wrong, atMost: upperBound95(wrong, tries.length) };
}

function shareOf({ runs, wrong }: Rate): number {
  return runs === 0 ? 0 : wrong / runs;
}

/** `0.8 %`, with two digits that count; nothing is rounded to none. */
export function percent(share: number): string {
  if (share === 0) return '0 %';
  return `${Number((share * 100).toPrecision(2))} %`;
}
