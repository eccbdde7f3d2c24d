import type { ChecksFile, Check as Written } from '../../core/checks-file.ts';
import type { SharedContext } from '../context.ts';
import { type Check, defineGrader, type Grader, type Stage } from '../grader.ts';
import type { SchemaViolations } from './expectations.ts';
import { runSteps } from './run.ts';
import { createScope } from './scope.ts';

/** The grader that a file of checks stands for. */
export function graderOf(file: ChecksFile, violationsOf: SchemaViolations): Grader {
  const stages = file.stages.map(({ title = '', checks, ...stage }) => ({
    ...stage,
    title,
    checks: checks.map((check) => checkOf(check, file, violationsOf)),
  }));
  return defineGrader({ lab: file.lab, stages: stages as Stage[] });
}

function checkOf(
  { timeout, values, steps, ...check }: Written,
  file: ChecksFile,
  violationsOf: SchemaViolations,
): Check<SharedContext> {
  return {
    ...check,
    ...(timeout !== undefined && { timeoutMs: timeout * 1000 }),
    run: async (context) => {
      const scope = createScope({ ...file.values, ...values }, context.random);
      await runSteps(steps, scope, { context, file, violationsOf, users: new Map() });
    },
  };
}
