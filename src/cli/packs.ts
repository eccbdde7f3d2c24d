import path from 'node:path';
import type { Host } from '../platform/host.ts';

/** Where labs are looked for; the labs that come with the package are the first pack. */
export interface Pack {
  origin: string;
  /** Directory that holds `labs/` and `templates/`. */
  root: string;
}

export function builtInPack({ directories }: Pick<Host, 'directories'>): Pack {
  return { origin: 'built-in', root: path.resolve(directories.package) };
}
