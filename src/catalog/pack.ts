import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { bug, errorCode, usageError } from '../core/errors.ts';
import type { LabEntry, LabPaths } from '../core/lab.ts';
import type { LabManifest } from '../core/manifest.ts';
import { type ManifestFile, readManifestFile } from './manifest-file.ts';
import { refusal } from './yaml/problem.ts';

/** A directory of labs. */
export interface Pack {
  /** `built-in` for the labs that come with the package, otherwise what people call the pack. */
  origin: string;
  /** Directory that holds `labs/`, `templates/` and, unless built in, `graders/`. */
  root: string;
}

/** Ids of the labs in a pack: the folders of `labs/` that have a manifest. */
export async function labIdsOf(pack: Pack): Promise<string[]> {
  const labs = path.join(pack.root, 'labs');
  const names = await directoriesIn(labs);
  const found = await Promise.all(names.map((name) => exists(path.join(labs, name, 'lab.yaml'))));
  return names.filter((_, index) => found[index]);
}

/**
 * Reads the manifest of one lab and finds what belongs to it.
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
  return { manifest: manifest.value, origin: pack.origin, paths };
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

/** Graders are code: those of the package are compiled with it and stand beside this file. */
async function graderOf(pack: Pack, id: string): Promise<string> {
  if (pack.origin === 'built-in') {
    const extension = path.extname(import.meta.filename);
    return path.join(import.meta.dirname, '../../graders', id, `index${extension}`);
  }
  const compiled = path.join(pack.root, 'graders', id, 'index.js');
  return (await exists(compiled)) ? compiled : path.join(path.dirname(compiled), 'index.ts');
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
