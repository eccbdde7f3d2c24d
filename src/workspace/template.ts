import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bug, interrupted } from '../core/errors.ts';
import type { LabEntry } from '../core/lab.ts';
import { exists } from '../platform/exists.ts';

/** What work on a template leaves in it. */
const LEFT_OUT = ['node_modules', 'dist', '.venv', '__pycache__', '.DS_Store'];

/** npm never packs files of these names, so a template has them without their dot. */
const RENAMED = new Map([
  ['gitignore', '.gitignore'],
  ['npmrc', '.npmrc'],
]);

/**
 * Copies a lab's template, its brief, its contract and its tables into a directory.
 *
 * @param name of the workspace, for its package.json
 * @throws {LabsError} interrupted; bug: the lab lacks a file
 */
export async function copyTemplate(
  { manifest, paths }: LabEntry,
  language: string,
  name: string,
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  await copyTree(paths.templates[language] as string, directory, signal);
  const beside = [
    [paths.brief, 'README.md'],
    [paths.contract, 'openapi.yaml'],
    [paths.schema, 'schema.sql'],
  ] as const;
  for (const [from, to] of beside) {
    if (from === undefined) continue;
    if (!(await exists(from))) throw bug(`The lab ${manifest.id} has no ${path.basename(from)}.`);
    // What the template brings itself is meant for just this language.
    if (!(await exists(path.join(directory, to)))) await copyFile(from, path.join(directory, to));
  }
  await namePackage(directory, name);
}

async function copyTree(from: string, to: string, signal: AbortSignal): Promise<void> {
  for (const entry of await readdir(from, { withFileTypes: true })) {
    if (signal.aborted) throw interrupted();
    if (LEFT_OUT.includes(entry.name)) continue;
    const source = path.join(from, entry.name);
    const target = path.join(to, RENAMED.get(entry.name) ?? entry.name);
    if (entry.isDirectory()) {
      await mkdir(target);
      await copyTree(source, target, signal);
    } else if (entry.isFile()) {
      await copyFile(source, target);
    }
  }
}

async function namePackage(directory: string, name: string): Promise<void> {
  for (const file of ['package.json', 'package-lock.json']) {
    const text = await readFile(path.join(directory, file), 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    const content = JSON.parse(text) as { name?: string; packages?: { ''?: { name?: string } } };
    content.name = packageName(name);
    const root = content.packages?.[''];
    if (root?.name !== undefined) root.name = packageName(name);
    await writeFile(path.join(directory, file), `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** The nearest name that npm takes: lower-case, URL-safe, not beginning with a dot or hyphen. */
export function packageName(name: string): string {
  const safe = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{Mark}/gu, '')
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[._-]+|[._-]+$/g, '')
    .slice(0, 100);
  return safe === '' || safe === 'node_modules' || safe === 'favicon.ico' ? 'my-app' : safe;
}
