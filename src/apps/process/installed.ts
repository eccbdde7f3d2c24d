import { createHash } from 'node:crypto';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from '../../core/submission.ts';

/** What decides what an install step installs. */
const LOCK_FILES = [
  'package.json',
  'package-lock.json',
  'pnpm-lock.yaml',
  'yarn.lock',
  'requirements.txt',
  'pyproject.toml',
  'uv.lock',
  'poetry.lock',
  'go.mod',
  'go.sum',
];
/** Where install steps put things; whoever removes one wants it installed again. */
const INSTALLED = ['node_modules', '.venv', 'vendor'];

/** Below the workspace; the template's .gitignore names it. */
export const STAMP = path.join('.labs', 'installed.json');

interface Stamp {
  digest: string;
  present: string[];
}

/** True where neither the command nor a lock file has changed since it last succeeded. */
export async function isInstalled(workspace: string, install: Command): Promise<boolean> {
  const stamp = await readStamp(workspace);
  if (stamp === undefined || stamp.digest !== (await digestOf(workspace, install))) return false;
  const present = await presentIn(workspace);
  return stamp.present.every((name) => present.includes(name));
}

export async function rememberInstalled(workspace: string, install: Command): Promise<void> {
  const stamp: Stamp = {
    digest: await digestOf(workspace, install),
    present: await presentIn(workspace),
  };
  const file = path.join(workspace, STAMP);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(stamp));
}

async function readStamp(workspace: string): Promise<Stamp | undefined> {
  try {
    const stamp = JSON.parse(await readFile(path.join(workspace, STAMP), 'utf8')) as Stamp | null;
    return Array.isArray(stamp?.present) ? stamp : undefined;
  } catch {
    return undefined;
  }
}

async function digestOf(workspace: string, install: Command): Promise<string> {
  const hash = createHash('sha256').update(install.join('\0'));
  for (const name of LOCK_FILES) {
    const content = await readFile(path.join(workspace, name)).catch(() => undefined);
    if (content !== undefined) hash.update(`\0${name}\0`).update(content);
  }
  return hash.digest('hex');
}

async function presentIn(workspace: string): Promise<string[]> {
  const found = await Promise.all(
    INSTALLED.map((name) =>
      stat(path.join(workspace, name)).then(
        () => [name],
        () => [],
      ),
    ),
  );
  return found.flat();
}
