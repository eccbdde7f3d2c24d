import { createHash } from 'node:crypto';
import path from 'node:path';
import { inCache } from '../../platform/cache.ts';
import { claimDirectory } from '../../platform/directories.ts';
import type { Host } from '../../platform/host.ts';

/**
 * Where a pack from elsewhere is kept; it need not be there yet. Code is run from it, so its parent is
 * made sure to be ours alone.
 */
export function cacheFor({ directories }: Host, kind: 'npm' | 'git', what: string): string {
  const name = what.replace(/[^A-Za-z0-9]+/g, '-').slice(-40);
  const digest = createHash('sha256').update(what).digest('hex').slice(0, 16);
  claimDirectory(directories.cache);
  claimDirectory(inCache(directories.cache, 'packs'));
  const parent = claimDirectory(inCache(directories.cache, 'packs', kind));
  return path.join(parent, `${name}-${digest}`);
}
