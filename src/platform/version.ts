import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Host } from './host.ts';

/** The version of labs, as its package.json says. */
export function version({ directories }: Pick<Host, 'directories'>): string {
  const manifest = readFileSync(path.join(directories.package, 'package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
