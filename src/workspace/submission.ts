import { lstat } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { displayPath } from '../catalog/display-path.ts';
import { readManifestFile } from '../catalog/manifest-file.ts';
import { type Problem, refusal } from '../catalog/yaml/problem.ts';
import { placeOf } from '../catalog/yaml/source.ts';
import { errorCode, usageError } from '../core/errors.ts';
import type { Command, Submission } from '../core/submission.ts';
import type { WorkspaceManifest } from '../core/workspace-manifest.ts';
import { parseCommand } from './commands.ts';
import { settingProblems } from './settings.ts';

export const MANIFEST = 'labs.yaml';

export interface ReadOptions {
  /** Directory from which messages name files. */
  cwd?: string | undefined;
  /** False where only the directory itself may be the workspace. */
  searchParents?: boolean;
}

export interface FoundSubmission extends Submission {
  /** Where the manifest names the lab, such as `labs.yaml:2:6`. */
  labNamedAt: string;
}

/**
 * Reads the workspace that a directory is or is in: the nearest with a `labs.yaml`, up to the home
 * directory or the file system's root. Nothing of it is run.
 *
 * @throws {LabsError} usage: there is none, or its manifest is wrong; environment: unreadable
 */
export async function readSubmission(
  directory: string,
  options: ReadOptions = {},
): Promise<FoundSubmission> {
  const found = await findSubmission(directory, options);
  if (found !== undefined) return found;
  const { cwd = process.cwd(), searchParents = true } = options;
  const start = displayPath(path.resolve(cwd, directory), cwd);
  const parents = searchParents ? ' nor in a directory above it' : '';
  throw usageError(`There is no ${MANIFEST} in ${start}${parents}.`, {
    hint: 'Go to your workspace with cd, or make one: `labs start <lab>`.',
  });
}

/**
 * The same where there need be none.
 * @throws {LabsError} usage: its manifest is wrong; environment: unreadable
 */
export async function findSubmission(
  directory: string,
  { cwd = process.cwd(), searchParents = true }: ReadOptions = {},
): Promise<FoundSubmission | undefined> {
  const root = await findWorkspace(path.resolve(cwd, directory), searchParents);
  return root === undefined ? undefined : readWorkspace(root, cwd);
}

async function findWorkspace(start: string, searchParents: boolean): Promise<string | undefined> {
  const home = homedir();
  for (let directory = start; ; directory = path.dirname(directory)) {
    if (await isThere(path.join(directory, MANIFEST))) return directory;
    const isLast = directory === home || directory === path.dirname(directory);
    if (!searchParents || isLast) return undefined;
  }
}

async function readWorkspace(directory: string, cwd: string): Promise<FoundSubmission> {
  const file = path.join(directory, MANIFEST);
  const manifest = await readManifestFile<WorkspaceManifest>(file, 'workspace', cwd);
  const { lab, language, install, build, start, processes, env } = manifest.value;
  const problems: Problem[] = settingProblems(manifest);
  const parse = (at: string[], line: NonNullable<typeof start>): Command => {
    const result = parseCommand(manifest, at, line);
    if (!('message' in result)) return result;
    problems.push(result);
    return [''];
  };
  const submission: FoundSubmission = {
    directory,
    lab,
    language,
    ...(install !== undefined && { install: parse(['install'], install) }),
    ...(build !== undefined && { build: parse(['build'], build) }),
    processes:
      start !== undefined
        ? { web: parse(['start'], start) }
        : Object.fromEntries(
            Object.entries(processes ?? {}).map(([name, line]) => [
              name,
              parse(['processes', name], line),
            ]),
          ),
    env,
    labNamedAt: placeOf(manifest.source, manifest.valueSpan(['lab'])),
  };
  if (problems.length > 0) throw refusal(manifest.source, problems);
  return submission;
}

async function isThere(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return true;
  } catch (error) {
    // What is there and cannot be read is reported by whoever reads it.
    return !['ENOENT', 'ENOTDIR'].includes(errorCode(error) ?? '');
  }
}
