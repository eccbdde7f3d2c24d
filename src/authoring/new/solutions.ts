import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean } from '../../catalog/nearest.ts';
import { quote } from '../../catalog/quote.ts';
import { usageError } from '../../core/errors.ts';
import { directoriesIn } from '../../platform/directories-in.ts';

/** A solution that a mutant can break. */
export interface Solution {
  name: string;
  directory: string;
}

/** The solutions of a lab in these packs; the first that has one of a name gives it. */
export async function solutionsIn(roots: readonly string[], lab: string): Promise<Solution[]> {
  const found = new Map<string, Solution>();
  for (const root of roots) {
    const place = path.join(root, 'test', 'solutions', lab);
    for (const name of await directoriesIn(place))
      if (!found.has(name)) found.set(name, { name, directory: path.join(place, name) });
  }
  return [...found.values()];
}

/**
 * The one that is wanted; the first where none is named.
 *
 * @throws {LabsError} usage: there is none of that name, or none at all
 */
export function chosenSolution(
  solutions: readonly Solution[],
  wanted: string | undefined,
  lab: string,
): Solution {
  const [first] = solutions;
  if (first === undefined)
    throw usageError(`The lab ${lab} has no solution, and a mutant is a solution with a fault.`, {
      hint: `Write one in test/solutions/${lab}/, or begin with \`labs new language ${lab} <language>\`.`,
    });
  const names = solutions.map(({ name }) => name);
  const found = wanted === undefined ? first : solutions.find(({ name }) => name === wanted);
  if (found !== undefined) return found;
  throw usageError(
    `The lab ${lab} has no solution ${quote(wanted)}${didYouMean(wanted!, names) || '.'}`,
    { hint: `There are: ${names.join(', ')}.` },
  );
}

/**
 * @param file path in the solution
 * @throws {LabsError} usage: the text stands there not once but never or several times
 */
export async function refuseUnlessOnce(
  { name, directory }: Solution,
  file: string,
  find: string,
): Promise<void> {
  const target = path.resolve(directory, file);
  const isInside = target.startsWith(`${directory}${path.sep}`);
  const text = isInside && (await isFile(target)) ? await readFile(target, 'utf8') : undefined;
  if (text === undefined) throw usageError(`The solution ${name} has no file ${quote(file)}.`);
  const times = text.split(find).length - 1;
  if (times === 1) return;
  throw usageError(
    `${quote(find)} stands ${times === 0 ? 'nowhere' : `${times} times`} in ${file} of ${name}, and must stand there once.`,
    { hint: times === 0 ? 'Copy it from the file, blanks included.' : 'Take more of the line.' },
  );
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (found) => found.isFile(),
    () => false,
  );
}
