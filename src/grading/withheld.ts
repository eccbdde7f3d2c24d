import type { CheckResult } from '../core/report.ts';
import type { Stage } from '../kit/grader.ts';

/** Whether learners are not to see how the checks of a stage try what they try. */
export function isWithheld(stage: Stage | undefined): boolean {
  return stage?.details === 'withheld';
}

/** A result as learners may see it: what became of the check, and nothing of how that came. */
export function withoutDetails(result: CheckResult): CheckResult {
  const { failure, error, timeline: _, ...rest } = result;
  return {
    ...rest,
    ...(failure !== undefined && {
      failure: {
        action: 'a hidden check',
        expected: 'the brief and the contract to be met',
        actual: 'they are not; the details are withheld',
        evidence: [],
      },
    }),
    ...(error !== undefined && {
      error:
        error.kind === 'environment'
          ? error
          : { kind: error.kind, message: 'A hidden check is at fault; the details are withheld.' },
    }),
  };
}
