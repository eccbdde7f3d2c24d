import path from 'node:path';
import type { ContextFile } from './files.ts';
import { type Limits, mebibytes } from './limits.ts';
import { leaveOut, type Problem, shown } from './refusal.ts';

/** Files that are too big, or are so together. Holes of sparse files count: the tar has them. */
export function sizeProblems(files: readonly ContextFile[], limits: Limits): Problem[] {
  const problems: Problem[] = files
    .filter(({ size }) => size > limits.maxFileBytes)
    .map(({ path: file, size }) => ({
      path: file,
      message: `${shown(file)} is ${mebibytes(size)}; one file may be ${mebibytes(limits.maxFileBytes)} at most`,
      hint: leaveOut('make it smaller'),
    }));
  const total = files.reduce((sum, { size }) => sum + size, 0);
  if (total > limits.maxTotalBytes) {
    const largest = files.toSorted((a, b) => b.size - a.size).slice(0, 3);
    const named = largest.map(({ path: file, size }) => `${shown(file)} (${mebibytes(size)})`);
    problems.push({
      path: '',
      message: `The submission's files are ${mebibytes(total)} together; at most ${mebibytes(limits.maxTotalBytes)} are sent`,
      hint: `Leave out with .dockerignore what the app does not need. The largest: ${named.join(', ')}.`,
    });
  }
  return problems;
}

interface Kept {
  files: readonly ContextFile[];
  problems: readonly Problem[];
}

/** More entries than anybody writes: found out as soon as there are, wherever the walk is. */
export function entriesProblem(
  { files, problems }: Kept,
  at: { seen: number; directory: string },
  { maxEntries, maxNamesSeen }: Limits,
): Problem | undefined {
  const hint = 'Leave out with .dockerignore the directories that the app does not need.';
  if (files.length + problems.length > maxEntries) {
    const message = `The submission has more than ${count(maxEntries)} files and directories`;
    return { path: '', message, hint: `${hint} ${busiest([...files, ...problems])}` };
  }
  if (at.seen <= maxNamesSeen) return undefined;
  const where = at.directory === '' ? 'the submission' : shown(at.directory);
  const message = `The submission has more than ${count(maxNamesSeen)} names in directories that .dockerignore does not leave out as a whole; the last of them are in ${where}`;
  return { path: '', message, hint };
}

function busiest(entries: readonly { path: string }[]): string {
  const counts = new Map<string, number>();
  for (const entry of entries) {
    const directory = path.posix.dirname(entry.path);
    counts.set(directory, (counts.get(directory) ?? 0) + 1);
  }
  const [name, most] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a));
  return `The most, ${count(most)}, are in ${name === '.' ? 'its root' : shown(name)}.`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
