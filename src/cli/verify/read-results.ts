import { readFile } from 'node:fs/promises';
import { RESULTS_FORMAT, type Results } from '../../authoring/results.ts';
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
  const { format, labs } = parsed(text);
  if (format === RESULTS_FORMAT && Array.isArray(labs)) return JSON.parse(text) as Results;
  throw usageError(
    `${shownAs} holds no results of \`labs verify\` in the format ${RESULTS_FORMAT}.`,
    {
      hint,
    },
  );
}

function parsed(text: string): Partial<Record<keyof Results, unknown>> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Record<keyof Results, unknown>>;
  } catch {
    return {};
  }
}
