import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { readdir, readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { errorCode } from '../core/errors.ts';
import type { GraderFiles, LabPaths } from '../core/lab.ts';

/**
 * SHA-256 in hex over what decides a grade: manifest, contract, schema and grader, by sorted name.
 * A compiled grader has another digest than its source.
 */
export async function digestOf(paths: LabPaths): Promise<string> {
  const own = [paths.manifest, paths.contract, paths.schema].filter((file) => file !== undefined);
  return digestOfFiles([
    ...own.map((file) => ({ name: `lab/${path.basename(file)}`, file })),
    ...(await graderFiles(paths.grader)),
  ]);
}

/** The same over a grader alone. */
export async function digestOfGrader(grader: GraderFiles): Promise<string> {
  return digestOfFiles(await graderFiles(grader));
}

interface NamedFile {
  name: string;
  file: string;
}

async function digestOfFiles(named: readonly NamedFile[]): Promise<string> {
  const files = named.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const contents = await Promise.all(files.map(({ file }) => readFile(file)));
  const hash = createHash('sha256');
  for (const [index, { name }] of files.entries()) {
    const content = contents[index] as Buffer;
    // The length keeps the end of one file from being the beginning of the next.
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function graderFiles({ code, checks }: GraderFiles): Promise<NamedFile[]> {
  const files = code === undefined ? [] : await modulesIn(path.dirname(code));
  return checks === undefined ? files : [...files, { name: 'grader/checks.yaml', file: checks }];
}

/**
 * What a grader's module can import of its own folder, behind links too.
 * @param above real paths of the folders that lead here: a link to one of them would go in circles
 */
async function modulesIn(
  directory: string,
  name = 'grader',
  above: readonly string[] = [],
): Promise<NamedFile[]> {
  const real = await realpath(directory);
  if (above.includes(real)) return [];
  const entries = await readdir(directory, { withFileTypes: true });
  const found = entries.map(async (entry) => {
    const inside = { name: `${name}/${entry.name}`, file: path.join(directory, entry.name) };
    const kind = entry.isSymbolicLink() ? await targetOf(inside.file) : entry;
    if (kind?.isDirectory()) return modulesIn(inside.file, inside.name, [...above, real]);
    return kind?.isFile() && isModule(entry.name) ? [inside] : [];
  });
  return (await Promise.all(found)).flat();
}

function isModule(name: string): boolean {
  return /\.([cm]?[jt]s|json)$/.test(name) && !/\.d\.[cm]?ts$/.test(name);
}

/** Undefined where a link leads nowhere, as the lock files of some editors do. */
async function targetOf(link: string): Promise<Stats | undefined> {
  try {
    return await stat(link);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP'].includes(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}
