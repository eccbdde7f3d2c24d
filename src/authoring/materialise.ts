import { createHash } from 'node:crypto';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { STAMP } from '../apps/process/installed.ts';
import type { Submission } from '../core/submission.ts';
import { inCache } from '../platform/cache.ts';
import { cached } from '../platform/cached.ts';
import { readSubmission } from '../workspace/submission.ts';
import { applyMutant } from './mutant.ts';
import type { Subject } from './subject.ts';

/** Never part of a workspace that is copied. */
const LEFT_OUT = ['node_modules', 'dist', '.labs'];

/**
 * A copy of the subject that can be graded. What its install step makes is made once, in the cache,
 * for all subjects with the same lock file, and linked into the copy.
 * @param install runs the install step in a directory; undefined where the runtime sees to it
 */
export async function materialise(
  subject: Subject,
  copy: string,
  cache: string,
  install: ((submission: Submission) => Promise<void>) | undefined,
): Promise<Submission> {
  const installed = install && (await installedOnce(subject.directory, cache, install));
  await copyWorkspace(subject.directory, copy);
  if (subject.kind === 'mutant') await applyMutant(subject.mutant, copy);
  if (installed !== undefined) {
    await symlink(path.join(installed, 'node_modules'), path.join(copy, 'node_modules'));
    await cp(path.join(installed, STAMP), path.join(copy, STAMP));
  }
  return readSubmission(copy, { searchParents: false });
}

/**
 * What its install step brings, as a digest: a template and a solution may have it in common. Undefined where
 * nothing says it in advance, or nothing is installed.
 */
export async function installationOf(directory: string): Promise<string | undefined> {
  const lock = await readFile(path.join(directory, 'package-lock.json')).catch(() => undefined);
  if (lock === undefined) return undefined;
  const { install } = await readSubmission(directory, { searchParents: false });
  if (install === undefined) return undefined;
  return createHash('sha256')
    .update(await readFile(path.join(directory, 'package.json')))
    .update(await readFile(path.join(directory, 'labs.yaml')))
    .update(lock)
    .digest('hex');
}

async function installedOnce(
  directory: string,
  cache: string,
  install: (submission: Submission) => Promise<void>,
): Promise<string | undefined> {
  const digest = await installationOf(directory);
  if (digest === undefined) return undefined;
  return cached(inCache(cache, 'installed', digest.slice(0, 20)), async (draft) => {
    await copyWorkspace(directory, draft);
    await install(await readSubmission(draft, { searchParents: false }));
  });
}

async function copyWorkspace(from: string, to: string): Promise<void> {
  await mkdir(path.dirname(to), { recursive: true });
  await cp(from, to, {
    recursive: true,
    filter: (source) => !LEFT_OUT.includes(path.basename(source)),
  });
}
