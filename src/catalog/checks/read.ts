import type { ChecksFile } from '../../core/checks-file.ts';
import { bug, LabsError } from '../../core/errors.ts';
import type { Grader } from '../../kit/grader.ts';
import { graderOf } from '../../kit/steps/grader.ts';
import { readManifestFile } from '../manifest-file.ts';
import { refusal } from '../yaml/problem.ts';
import { createBodySchemas } from './body-schemas.ts';
import { problemsIn } from './problems.ts';

/**
 * Reads a grader's `checks.yaml`.
 *
 * @throws {LabsError} bug: it is broken, or says what makes no sense, with line and column
 */
export async function readChecks(lab: string, file: string): Promise<Grader> {
  try {
    const read = await readManifestFile<ChecksFile>(file, 'checks');
    const schemas = createBodySchemas();
    const problems = problemsIn(read, lab, schemas);
    if (problems.length > 0) throw refusal(read.source, problems);
    return graderOf(read.value, schemas.violations);
  } catch (error) {
    if (!(error instanceof LabsError) || error.kind !== 'usage') throw error;
    const { message, detail, hint } = error;
    throw bug(message, { detail, hint, cause: error });
  }
}
