import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { displayPath } from '../../catalog/display-path.ts';
import {
  environmentError,
  interrupted,
  LabsError,
  messageOf,
  usageError,
} from '../../core/errors.ts';
import { atomicFile } from '../../platform/atomic-file.ts';
import { draftPrefix, isPlaceUnfit, removeEmpty } from '../../platform/draft-place.ts';
import { exists } from '../../platform/exists.ts';
import type { Files } from './scaffold.ts';

export interface Publication {
  /** Absolute; it need not be there yet. */
  root: string;
  /** New ones. */
  files: Files;
  /** Files that are there, with what stands in them from now on. */
  changed?: Files;
  signal: AbortSignal;
  /** Directory from which messages name files. */
  cwd: string;
}

/**
 * Writes files into a pack, all of them or none. They are made in a directory beside their place and renamed
 * into it, a new folder as a whole.
 *
 * @throws {LabsError} usage: one of the new ones is there already; environment: no space or no permission;
 *   interrupted
 */
export async function publish(publication: Publication): Promise<void> {
  const { root, files, changed = new Map(), signal, cwd } = publication;
  await refuseThere(root, files, cwd);
  const moved: string[] = [];
  let draft: string | undefined;
  let made: string | undefined;
  try {
    const existed = await exists(root);
    made = await mkdir(existed ? root : path.dirname(root), { recursive: true });
    draft = await mkdtemp(draftPrefix(root, existed, 'new'));
    // What mkdtemp makes is for its owner alone.
    await chmod(draft, 0o777 & ~process.umask());
    for (const [file, text] of files) {
      if (signal.aborted) throw interrupted();
      await mkdir(path.dirname(path.join(draft, file)), { recursive: true });
      await writeFile(path.join(draft, file), text);
    }
    for (const unit of await unitsOf(root, files)) {
      const target = path.join(root, unit);
      if (await exists(target)) throw there(target, cwd);
      await rename(path.join(draft, unit), target);
      moved.push(target);
    }
    for (const [file, text] of changed) await atomicFile(path.join(root, file))(text);
    await rm(draft, { recursive: true, force: true });
  } catch (error) {
    for (const target of moved) await rm(target, { recursive: true, force: true });
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    if (made !== undefined) await removeEmpty(path.dirname(root), made);
    throw asLabsError(error, root);
  }
}

/** @throws {LabsError} usage: one of the files is there already */
export async function refuseThere(root: string, files: Files, cwd: string): Promise<void> {
  for (const file of files.keys())
    if (await exists(path.join(root, file))) throw there(path.join(root, file), cwd);
}

/** The outermost of what is not there yet, for each file; `.` where that is the root itself. */
async function unitsOf(root: string, files: Files): Promise<Set<string>> {
  if (!(await exists(root))) return new Set(['.']);
  const units = new Set<string>();
  for (const file of files.keys()) {
    const parts = file.split('/');
    for (let count = 1; count <= parts.length; count += 1) {
      const unit = parts.slice(0, count).join('/');
      if (await exists(path.join(root, unit))) continue;
      units.add(unit);
      break;
    }
  }
  return units;
}

function there(file: string, cwd: string): LabsError {
  return usageError(`${displayPath(file, cwd)} is there already, and nothing is overwritten.`, {
    hint: 'Take another name, or remove it first.',
  });
}

function asLabsError(error: unknown, root: string): LabsError {
  if (error instanceof LabsError) return error;
  const message = `Nothing was written to ${root}: ${messageOf(error)}.`;
  if (isPlaceUnfit(error)) return usageError(message, { cause: error });
  return environmentError(message, {
    hint: 'See whether you may write there, and whether the disk has room.',
    cause: error,
  });
}
