import path from 'node:path';
import type { Pack } from '../catalog/catalog.ts';
import { BUILT_IN } from '../core/lab.ts';
import type { Host } from '../platform/host.ts';

/** The labs that come with the package are the first pack. */
export function builtInPack({ directories }: Pick<Host, 'directories'>): Pack {
  return { origin: { pack: BUILT_IN }, root: path.resolve(directories.package) };
}
