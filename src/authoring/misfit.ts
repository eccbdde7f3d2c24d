import { frameOf, placeOf } from '../catalog/yaml/source.ts';
import { bug, type LabsError } from '../core/errors.ts';
import type { Mutant } from './mutant.ts';

/**
 * Why an edit does not fit its solution: where the edit stands, where its text stands or ceases to,
 * and how to mend it.
 * @param text of the solution's file; undefined where it is not there
 */
export function misfit(
  { manifest, file: { source, valueSpan } }: Mutant,
  index: number,
  text: string | undefined,
): LabsError {
  const { file, find } = manifest.edits![index]!;
  const problem = (field: 'file' | 'find', message: string, hint: string) => {
    const span = valueSpan(['edits', index, field]);
    return bug(`${placeOf(source, span)}: edits[${index}] does not fit: ${message}.`, {
      detail: frameOf(source, span),
      hint,
    });
  };
  if (text === undefined)
    return problem(
      'file',
      `the solution ${manifest.solution} has no file ${file}`,
      'Name the file by its path in the solution.',
    );
  const places = linesWith(text, find);
  if (places.length > 1)
    return problem(
      'find',
      `its text stands ${places.length} times in ${file} of ${manifest.solution}, in the lines ${places.join(', ')}`,
      'Add a line before or after it to `find` and to `replace`, until it stands there once.',
    );
  return problem(
    'find',
    `its text is not in ${file} of ${manifest.solution}; ${whereItParts(text, find, file)}`,
    'Write `find` as the file has it now, blanks included; see that `replace` still makes the fault.',
  );
}

/** Numbers, from 1, of the lines in which the text begins. */
function linesWith(text: string, find: string): number[] {
  const lines: number[] = [];
  for (let at = text.indexOf(find); at !== -1; at = text.indexOf(find, at + 1))
    lines.push(text.slice(0, at).split('\n').length);
  return lines;
}

/** The longest beginning of `find` that the file has, by lines, and what comes instead of the rest. */
function whereItParts(text: string, find: string, file: string): string {
  const wanted = find.split('\n');
  for (let count = wanted.length - 1; count > 0; count -= 1) {
    const [line] = linesWith(text, `${wanted.slice(0, count).join('\n')}\n`);
    if (line === undefined) continue;
    const there = text.split('\n')[line - 1 + count] ?? '';
    return `it fits from ${file}:${line} on up to line ${line - 1 + count}, then comes ${shown(there)} where the edit has ${shown(wanted[count]!)}`;
  }
  const first = wanted[0]!.trim();
  const [like] = first === '' ? [] : linesWith(text, first);
  if (like !== undefined)
    return `its first line stands in line ${like} with other blanks or among other text: ${shown(text.split('\n')[like - 1]!)}`;
  return `nor is its first line: ${shown(first)}`;
}

function shown(line: string): string {
  return `“${line.length > 80 ? `${line.slice(0, 80)}…` : line}”`;
}
