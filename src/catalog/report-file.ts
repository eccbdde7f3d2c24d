import { readFile } from 'node:fs/promises';
import { type LabsError, messageOf, usageError } from '../core/errors.ts';
import { REPORT_FORMAT, type Report } from '../core/report.ts';
import { displayPath } from './display-path.ts';

const HINT = 'Name a file that `labs grade --reporter json=<file>` wrote.';

/**
 * Reads a stored report and validates it. What is in it came from anywhere: text in it is to be
 * neutralised as that of a run is.
 *
 * @param cwd directory from which messages name the file
 * @throws {LabsError} usage: it is not there, is not JSON, or not a report of this version
 */
export async function readReport(file: string, cwd: string): Promise<Report> {
  const name = displayPath(file, cwd);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw usageError(`${name} cannot be read: ${messageOf(cause)}.`, { hint: HINT, cause });
  });
  const value = parse(text, name);
  refuseOtherFormat(value, name);
  const { problemsOf } = await import('./record-problems.ts');
  const problems = problemsOf('report', value);
  if (problems.length > 0)
    throw usageError(`${name} is not as a report must be:`, {
      detail: problems.join('\n'),
      hint: `${HINT} schemas/report.schema.json describes it.`,
    });
  return value as Report;
}

function parse(text: string, name: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw usageError(`${name} is not JSON: ${messageOf(cause)}.`, { hint: HINT, cause });
  }
}

function refuseOtherFormat(value: unknown, name: string): void {
  const format = (value as { format?: unknown } | null | undefined)?.format;
  if (format === REPORT_FORMAT) return;
  if (typeof format === 'string' && /^labs\/report\/v\d+$/.test(format)) throw newer(name, format);
  throw usageError(`${name} holds no report: its "format" is not "${REPORT_FORMAT}".`, {
    hint: HINT,
  });
}

function newer(name: string, format: string): LabsError {
  return usageError(
    `${name} was made for another labs: ${format}; this one reads ${REPORT_FORMAT}.`,
    {
      hint: 'Update labs.',
    },
  );
}
