import { readdir, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Pack } from '../../catalog/catalog.ts';
import { errorCode, usageError } from '../../core/errors.ts';
import type { Host } from '../../platform/host.ts';
import { isDirectory } from '../../platform/is-directory.ts';
import { isPack } from '../packs/is-pack.ts';
import { openPacks } from '../packs/open.ts';
import { parsePackSource } from '../packs/source.ts';
import { workspaceAround } from '../packs/use.ts';

/** Where `labs new` writes. */
export interface Place {
  /** Absolute; not there yet where `isNew`. */
  root: string;
  isNew: boolean;
  /** What to name it with at `--pack`; undefined for the labs of the checkout. */
  shownAs: string | undefined;
  /** The packs that a lab may be in: the built-in one, those named, and this place where it is one. */
  packs: readonly Pack[];
}

/**
 * The pack that was named last, the one that you are in, or the checkout of labs itself.
 *
 * @param named as `--pack` has them; those before the last are read, and not written to
 * @throws {LabsError} usage: none of these, or a directory that no pack can be in
 */
export async function placeFor(named: readonly string[], host: Host): Promise<Place> {
  const last = named.at(-1);
  const others = named.slice(0, -1);
  if (last === undefined && (await isCheckout(host)))
    return { root: host.cwd, isNew: false, shownAs: undefined, packs: await openPacks([], host) };
  if (last === undefined && !(await isPack(host.cwd)))
    throw usageError(`You are in no pack (${host.cwd}), and none is named.`, {
      hint: 'Say where it goes: --pack ./my-pack. The directory is made if it is not there.',
    });
  const source = parsePackSource(last ?? '.', host.cwd);
  if (source.kind !== 'directory')
    throw usageError(`--pack ${source.shownAs}: expected a directory to write to.`, {
      hint: 'A directory is named with a dot or a slash before it: --pack ./my-pack.',
    });
  const root = source.directory;
  const workspace = await workspaceAround(root);
  if (workspace !== undefined)
    throw usageError(`--pack ${source.shownAs}: ${workspace} is a learner’s workspace.`, {
      hint: 'A pack lies outside of it: labs run the code of packs with your rights.',
    });
  const isThere = await isPack(root);
  const packs = await openPacks([...others, ...(isThere ? [source.shownAs] : [])], host);
  return { root, isNew: await isMissing(root), shownAs: source.shownAs, packs };
}

/** An installed labs has neither sources nor tests, and a lab in it would go with the next version. */
async function isCheckout({ cwd, directories }: Host): Promise<boolean> {
  const [here, there] = await Promise.all([realpath(cwd), realpath(directories.package)]);
  return here === there && (await isDirectory(path.join(here, 'src')));
}

async function isMissing(directory: string): Promise<boolean> {
  try {
    await readdir(directory);
    return false;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return true;
    throw usageError(`${directory} is no directory that can be written to.`, { cause: error });
  }
}
