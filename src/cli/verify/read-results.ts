import { readFile } from 'node:fs/promises';
import { RESULTS_FORMAT, type Results } from '../../authoring/results.ts';
import { problemsOf } from '../../catalog/record-problems.ts';
import { messageOf, usageError } from '../../core/errors.ts';

/**
 * What `labs verify --json` wrote.
 * @param shownAs how messages name the file
 * @throws {LabsError} usage: it is not there, or something else
 */
export async function readResults(file: string, shownAs: string): Promise<Results> {
  const hint = 'Name a file that `labs verify --json <file>` wrote.';
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw usageError(`${shownAs} cannot be read: ${messageOf(error)}.`, { hint, cause: error });
  });
  const value = parsed(text);
  if (value?.format !== RESULTS_FORMAT)
    throw usageError(
      `${shownAs} holds no results of \`labs verify\` in the format ${RESULTS_FORMAT}.`,
      { hint },
    );
  const problems = problemsOf('verify', value);
  if (problems.length > 0)
    throw usageError(`${shownAs} is not as results of \`labs verify\` must be:`, {
      detail: problems.join('\n'),
      hint: `${hint} schemas/verify.schema.json describes it.`,
    });
  // A record of before this was told has none.
  const { mistyped = [], ...results } = value as Omit<Results, 'mistyped'> & Partial<Results>;
  return { ...results, mistyped };
}

function parsed(text: string): { format?: unknown } | null | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
