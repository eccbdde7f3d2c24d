import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { bug, errorCode, usageError } from '../core/errors.ts';
import {
  BUILT_IN,
  type GraderFiles,
  type LabEntry,
  type LabPaths,
  type Origin,
} from '../core/lab.ts';
import type { LabManifest } from '../core/manifest.ts';
import { type ManifestFile, readManifestFile } from './manifest-file.ts';
import { refusal } from './yaml/problem.ts';

/** A directory of labs. */
export interface Pack {
  origin: Origin;
  /** Directory that holds `labs/`, `templates/` and `graders/`, each where there is something in it. */
  root: string;
}

/** Ids of the labs in a pack: the folders of `labs/` that have a manifest. */
export async function labIdsOf(pack: Pack): Promise<string[]> {
  const labs = path.join(pack.root, 'labs');
  const names = await directoriesIn(labs);
  const found = await Promise.all(names.map((name) => exists(path.join(labs, name, 'lab.yaml'))));
  return names.filter((_, index) => found[index]);
}

/** Ids of the labs for which a pack has a grader: its own, and others' that it adds checks to. */
export async function graderIdsOf(pack: Pack): Promise<string[]> {
  const ids = await directoriesIn(path.join(pack.root, 'graders'));
  const found = await Promise.all(ids.map((id) => graderOf(pack, id)));
  return ids.filter((_, index) => isThere(found[index] as GraderFiles));
}

/**
 * Reads the manifest of one lab and finds what belongs to it in its own pack.
 *
 * @throws {LabsError} usage: the manifest is broken; bug: a file that the lab must have is missing
 */
export async function readEntry(pack: Pack, id: string, cwd?: string): Promise<LabEntry> {
  const directory = path.join(pack.root, 'labs', id);
  const file = path.join(directory, 'lab.yaml');
  const [manifest, templates, grader] = await Promise.all([
    readManifestFile<LabManifest>(file, 'lab', cwd),
    templatesOf(pack, id),
    graderOf(pack, id),
  ]);
  checkMeaning(manifest, id);
  const schema = manifest.value.services.postgres?.schema;
  const paths: LabPaths = {
    manifest: file,
    brief: path.join(directory, 'README.md'),
    contract: path.join(directory, 'openapi.yaml'),
    ...(schema !== undefined && { schema: path.join(directory, schema) }),
    grader,
    templates,
  };
  if (paths.schema !== undefined && !(await exists(paths.schema))) {
    throw bug(`The lab ${id} has no ${schema}, which its manifest names.`);
  }
  return { manifest: manifest.value, origin: pack.origin, paths, additions: [] };
}

/** What a schema cannot say. */
function checkMeaning(manifest: ManifestFile<LabManifest>, folder: string): void {
  const { id, hours } = manifest.value;
  const at = (path: string[], message: string) =>
    refusal(manifest.source, [{ span: manifest.valueSpan(path), message }]);
  if (id !== folder) throw at(['id'], `id must be the name of its folder, "${folder}"`);
  if (hours.max < hours.min) throw at(['hours', 'max'], 'hours.max is less than hours.min');
}

async function templatesOf(pack: Pack, id: string): Promise<Record<string, string>> {
  const directory = path.join(pack.root, 'templates', id);
  const languages = await directoriesIn(directory);
  return Object.fromEntries(languages.map((name) => [name, path.join(directory, name)]));
}

/**
 * Graders in TypeScript run as they are; those of the package are compiled with it and stand beside
 * this file. What is no code is where it was written.
 */
export async function graderOf(pack: Pack, id: string): Promise<GraderFiles> {
  const directory = path.join(pack.root, 'graders', id);
  const builtIn = pack.origin.pack === BUILT_IN;
  const compiled = path.extname(import.meta.filename) === '.js';
  const [code, checks] = await Promise.all([
    builtIn
      ? existing(
          path.join(import.meta.dirname, '../../graders', id, compiled ? 'index.js' : 'index.ts'),
        )
      : existing(path.join(directory, 'index.js'), path.join(directory, 'index.ts')),
    existing(
      builtIn
        ? path.join(import.meta.dirname, compiled ? '../../..' : '../..', 'graders', id, CHECKS)
        : path.join(directory, CHECKS),
    ),
  ]);
  return { ...(code !== undefined && { code }), ...(checks !== undefined && { checks }) };
}

/** Checks without code. */
const CHECKS = 'checks.yaml';

function isThere({ code, checks }: GraderFiles): boolean {
  return code !== undefined || checks !== undefined;
}

async function existing(...files: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(files.map(exists));
  return files.find((_, index) => found[index]);
}

async function directoriesIn(directory: string): Promise<string[]> {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map((entry) => entry.name)
      .sort();
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return [];
    throw usageError(`${directory} cannot be read.`, { cause: error });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
