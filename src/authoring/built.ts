import { createHash } from 'node:crypto';
import { cp, readdir, readFile, readlink, stat, utimes } from 'node:fs/promises';
import path from 'node:path';
import type { Submission } from '../core/submission.ts';
import { inCache } from '../platform/cache.ts';
import { cached } from '../platform/cached.ts';
import { removeTree } from '../platform/run-directory.ts';

/** What is installed is linked in, and stands for itself; the rest is the run's. */
const LEFT_OUT = ['node_modules', '.labs'];
const KEPT_MS = 14 * 24 * 3_600_000;

/**
 * Builds a copy of a workspace, or takes what its build step made of the same files before. What comes
 * back has no build step left, unless that failed: then the grade runs it again, and tells how.
 * @param build runs it
 */
export async function buildOnce(
  submission: Submission,
  cache: string,
  build: (submission: Submission) => Promise<void>,
): Promise<Submission> {
  const { build: step, ...built } = submission;
  if (step === undefined) return submission;
  const { directory } = submission;
  const place = inCache(cache, 'built');
  const made = path.join(place, await digestOf(directory, step));
  if (await wasMade(made)) {
    await cp(made, directory, { recursive: true });
    return built;
  }
  try {
    await build(submission);
  } catch {
    return submission;
  }
  await cached(made, (draft) => cp(directory, draft, { recursive: true, filter: isKept }));
  await forgetOld(place);
  return built;
}

/** Notes its use. */
async function wasMade(made: string): Promise<boolean> {
  const now = new Date();
  return utimes(made, now, now).then(
    () => true,
    () => false,
  );
}

async function digestOf(directory: string, step: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([process.version, step]));
  const link = path.join(directory, 'node_modules');
  hash.update(await readlink(link).catch(() => ''));
  for (const file of await filesOf(directory)) {
    const content = await readFile(path.join(directory, file));
    hash.update(`\0${file}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex').slice(0, 20);
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name)))
    .filter((file) => !LEFT_OUT.includes(file.split(path.sep)[0]!))
    .sort();
}

function isKept(source: string): boolean {
  return !LEFT_OUT.includes(path.basename(source));
}

async function forgetOld(place: string): Promise<void> {
  for (const name of await readdir(place)) {
    const entry = path.join(place, name);
    const used = await stat(entry).catch(() => undefined);
    if (used !== undefined && used.mtimeMs < Date.now() - KEPT_MS) await removeTree(entry);
  }
}
