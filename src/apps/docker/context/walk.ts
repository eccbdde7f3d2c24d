import { opendir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCode, usageError } from '../../../core/errors.ts';
import { examine, unreadable } from './entry.ts';
import type { ContextFile } from './files.ts';
import type { Ignore } from './ignore.ts';
import type { Limits } from './limits.ts';
import { nameProblem } from './names.ts';
import { type Problem, shown } from './refusal.ts';
import { entriesProblem } from './sizes.ts';

export interface WalkOptions {
  ignore: Ignore;
  /** Names left out wherever they stand, whatever they are of. */
  skipped: ReadonlySet<string>;
  limits: Limits;
}

export interface Walked {
  /** In no order. */
  files: ContextFile[];
  problems: Problem[];
  /** False where there was too much to look at the rest. */
  complete: boolean;
}

interface Directory {
  path: string;
  /** Kept names in it. */
  siblings: Map<string, string>;
  /** Itself, as long as it is left out: something in it may be kept, and then it is. */
  pending: { entry: Entry; what: ContextFile } | undefined;
}

interface Entry {
  path: string;
  name: Buffer;
  within: Directory;
  isLeftOut: boolean;
}

const BATCH = 64;

/** Looks at every entry below a directory that is not left out, and at no more than the limits. */
export async function walk(root: string, options: WalkOptions): Promise<Walked> {
  const { limits } = options;
  const walked: Walked = { files: [], problems: [], complete: true };
  const owner = await ownerOf(root);
  const waiting: Directory[] = [{ path: '', siblings: new Map(), pending: undefined }];
  let seen = 0;
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for await (const names of batchesOf(root, at, walked)) {
      const entries = entriesOf(names, at, options);
      const found = await Promise.all(
        entries.map(({ path }) => examine(root, path, { owner, limits })),
      );
      for (const [index, entry] of entries.entries()) {
        const what = found[index] as ContextFile | Problem;
        if (!entry.isLeftOut && !keep(what, entry, walked, limits)) continue;
        if (!('kind' in what) || what.kind !== 'directory') continue;
        const pending = entry.isLeftOut ? { entry, what } : undefined;
        waiting.push({ path: entry.path, siblings: new Map(), pending });
      }
      seen += names.length;
      const excess = entriesProblem(walked, { seen, directory: at.path }, limits);
      if (excess === undefined) continue;
      walked.problems.push(excess);
      return { ...walked, complete: false };
    }
  }
  return walked;
}

/** What of these names is to be looked at. */
function entriesOf(
  names: readonly Buffer[],
  within: Directory,
  { ignore, skipped }: WalkOptions,
): Entry[] {
  const entries = names
    .map((name) => ({ name, text: name.toString() }))
    .filter(({ text }) => !skipped.has(text))
    .map(({ name, text }) => ({
      name,
      path: within.path === '' ? text : `${within.path}/${text}`,
    }));
  const ignored = ignore.ignored(entries.map(({ path }) => path));
  return entries
    .map((entry, index) => ({ ...entry, within, isLeftOut: ignored[index] === true }))
    .filter(({ path, isLeftOut }) => !isLeftOut || ignore.mayKeepBelow(path));
}

/** Adds to the files, or says what is wrong; true where it is one of the files now. */
function keep(
  what: ContextFile | Problem,
  { path, name, within }: Entry,
  walked: Walked,
  limits: Limits,
): boolean {
  const { pending, siblings } = within;
  within.pending = undefined;
  if (pending !== undefined) keep(pending.what, pending.entry, walked, limits);
  const problem = nameProblem({ path, name, siblings }, limits);
  if (problem !== undefined) walked.problems.push(problem);
  else if ('kind' in what) walked.files.push(what);
  else walked.problems.push(what);
  return problem === undefined && 'kind' in what;
}

async function ownerOf(root: string): Promise<number> {
  try {
    const stats = await stat(root);
    if (stats.isDirectory()) return stats.uid;
  } catch (error) {
    throw usageError(`${shown(root)} cannot be read (${errorCode(error)}).`, { cause: error });
  }
  throw usageError(`${shown(root)} is no directory.`);
}

/** A few names at a time: a directory of a million is never held. */
async function* batchesOf(
  root: string,
  { path, pending }: Directory,
  { problems }: Walked,
): AsyncGenerator<Buffer[]> {
  let names: Buffer[] = [];
  try {
    // As bytes: decoding would hide names that are no text.
    const directory = await opendir(join(root, path), { encoding: 'buffer' as never });
    for await (const { name } of directory) {
      names.push(name as unknown as Buffer);
      if (names.length < BATCH) continue;
      yield names;
      names = [];
    }
    if (names.length > 0) yield names;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    if (pending === undefined) problems.push(unreadable(path === '' ? root : path, error));
  }
}
