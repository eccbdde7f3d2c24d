import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { LabPaths } from '../core/lab.ts';

/**
 * SHA-256 in hex over what decides a grade: manifest, contract, schema and grader, by sorted name.
 * A compiled grader has another digest than its source.
 */
export async function digestOf(paths: LabPaths): Promise<string> {
  const own = [paths.manifest, paths.contract, paths.schema].filter((file) => file !== undefined);
  const files = [
    ...own.map((file) => ({ name: `lab/${path.basename(file)}`, file })),
    ...(await graderFiles(path.dirname(paths.grader))),
  ].sort((a, b) => (a.name < b.name ? -1 : 1));
  const contents = await Promise.all(files.map(({ file }) => readFile(file)));
  const hash = createHash('sha256');
  for (const [index, { name }] of files.entries()) {
    const content = contents[index] as Buffer;
    // The length keeps the end of one file from being the beginning of the next.
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

async function graderFiles(directory: string): Promise<{ name: string; file: string }[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter(({ name }) => /\.[jt]s$/.test(name) && !name.endsWith('.d.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .map((file) => ({
      name: `grader/${path.relative(directory, file).split(path.sep).join('/')}`,
      file,
    }));
}
