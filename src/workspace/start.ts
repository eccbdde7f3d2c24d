import { chmod, mkdir, mkdtemp, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { didYouMean } from '../catalog/nearest.ts';
import { quote } from '../catalog/quote.ts';
import {
  environmentError,
  errorCode,
  interrupted,
  LabsError,
  messageOf,
  usageError,
} from '../core/errors.ts';
import type { LabEntry } from '../core/lab.ts';
import { draftPrefix, isPlaceUnfit, removeEmpty } from '../platform/draft-place.ts';
import { copyTemplate } from './template.ts';

export interface StartRequest {
  entry: LabEntry;
  /** One of the lab's; where absent, TypeScript, JavaScript or the first there is. */
  language?: string;
  /** Absolute path of a directory that does not exist or is empty. */
  target: string;
  /** Aborted: what was made so far goes again. */
  signal: AbortSignal;
}

export interface StartedWorkspace {
  directory: string;
  language: string;
}

/**
 * Makes a workspace from a lab's template. Nothing that exists is changed, and a workspace that
 * could not be finished is not there at all.
 *
 * @throws {LabsError} usage: no such language, or the target is in use; environment: no space or no
 *   permission; interrupted
 */
export async function startWorkspace(request: StartRequest): Promise<StartedWorkspace> {
  const { entry, target, signal } = request;
  const language = languageOf(entry, request.language);
  const directory = path.resolve(target);
  const existed = await isEmptyDirectory(directory);
  const parent = path.dirname(directory);
  let draft: string | undefined;
  let made: string | undefined;
  try {
    made = await mkdir(parent, { recursive: true });
    draft = await mkdtemp(draftPrefix(directory, existed, 'start'));
    await copyTemplate(entry, language, path.basename(directory), draft, signal);
    if (signal.aborted) throw interrupted();
    await publish(draft, directory, existed);
    return { directory, language };
  } catch (error) {
    if (draft !== undefined) await rm(draft, { recursive: true, force: true });
    if (made !== undefined) await removeEmpty(parent, made);
    throw asLabsError(error, directory);
  }
}

function languageOf({ manifest, paths }: LabEntry, wanted: string | undefined): string {
  const languages = Object.keys(paths.templates).sort();
  if (wanted === undefined) {
    const usual = ['typescript', 'javascript', ...languages].find((one) => languages.includes(one));
    if (usual !== undefined) return usual;
    throw usageError(`The lab ${manifest.id} has no template yet.`);
  }
  if (languages.includes(wanted)) return wanted;
  const meant = didYouMean(wanted, languages);
  throw usageError(`The lab ${manifest.id} has no template in ${quote(wanted)}${meant || '.'}`, {
    hint: `There are: ${languages.join(', ') || 'none'}. The contract can be met in any language.`,
  });
}

/** True for an empty directory, false where there is nothing. */
async function isEmptyDirectory(directory: string): Promise<boolean> {
  try {
    const names = await readdir(directory);
    if (names.length === 0) return true;
    const some = names.slice(0, 3).join(', ');
    throw usageError(`${directory} is not empty: it has ${some}${names[3] ? ', …' : ''}.`, {
      hint: 'Name a directory that does not exist yet: `labs start <lab> <directory>`.',
    });
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    if (errorCode(error) === 'ENOTDIR') {
      throw usageError(`${directory} is a file, or would be inside of one.`, { cause: error });
    }
    throw asLabsError(error, directory);
  }
}

/** Puts the draft in the target's place. */
async function publish(draft: string, directory: string, existed: boolean): Promise<void> {
  if (!existed) {
    // What mkdtemp makes is for its owner alone.
    await chmod(draft, 0o777 & ~process.umask());
    return rename(draft, directory);
  }
  // The directory stays, since a shell may be in it: its entries move.
  const moved: string[] = [];
  try {
    for (const name of await readdir(draft)) {
      await refuseIfThere(path.join(directory, name));
      await rename(path.join(draft, name), path.join(directory, name));
      moved.push(name);
    }
  } catch (error) {
    await Promise.all(
      moved.map((name) => rm(path.join(directory, name), { recursive: true, force: true })),
    );
    throw error;
  }
  await rmdir(draft);
}

async function refuseIfThere(file: string): Promise<void> {
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw usageError(`${file} came to be meanwhile, and is left as it is.`);
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the quota on the disk is used up',
};

function asLabsError(error: unknown, directory: string): LabsError {
  if (error instanceof LabsError) return error;
  if (isPlaceUnfit(error))
    return usageError(`${directory} cannot be made: ${messageOf(error)}.`, { cause: error });
  return environmentError(
    `The workspace ${directory} cannot be made: ${REASONS[errorCode(error) ?? ''] ?? messageOf(error)}.`,
    { detail: (error as { path?: string }).path, cause: error },
  );
}
