import { readFile, realpath } from 'node:fs/promises';
import path from 'node:path';
import type { Pack } from '../../catalog/catalog.ts';
import { usageError } from '../../core/errors.ts';
import type { Origin } from '../../core/lab.ts';
import { plain } from '../../core/text.ts';
import type { Host } from '../../platform/host.ts';
import { builtInPack } from '../packs.ts';
import { isPack } from './is-pack.ts';
import { type PackSource, parsePackSource } from './source.ts';

/**
 * The built-in pack and those that the user named, each brought here and its place printed. Nothing of
 * them has been run.
 *
 * @throws {LabsError} usage: one is not there, or no pack; environment: one could not be fetched
 */
export async function openPacks(named: readonly string[], host: Host): Promise<Pack[]> {
  const packs: Pack[] = [builtInPack(host)];
  for (const text of named) {
    const pack = await open(parsePackSource(text, host.cwd), host);
    const same = packs.find(({ root }) => root === pack.root);
    if (same !== undefined)
      throw usageError(`--pack ${pack.origin.pack}: this is the pack ${same.origin.pack} again.`, {
        hint: `Both are ${pack.root}: name it once.`,
      });
    host.stderr.write(`Pack ${describeOrigin(pack.origin)}: ${pack.root}\n`);
    packs.push(pack);
  }
  return packs;
}

/** `./class, version 1.2.0, commit 0123456789ab` */
export function describeOrigin({ pack, version, commit }: Origin): string {
  return [
    plain(pack),
    ...(version === undefined ? [] : [`version ${plain(version)}`]),
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}`]),
  ].join(', ');
}

async function open(source: PackSource, host: Host): Promise<Pack> {
  const found = await locate(source, host);
  const root = await realpath(found.root).catch((cause: unknown) => {
    throw usageError(`--pack ${source.shownAs}: there is no directory ${found.root}.`, {
      hint: 'A path is taken from where you are; a package of npm is named without a dot before it.',
      cause,
    });
  });
  if (!(await isPack(root)))
    throw usageError(`--pack ${source.shownAs}: ${root} is no pack.`, {
      hint: 'A pack has the folder labs/, or graders/ with checks for the labs of others.',
    });
  const version = await versionOf(root);
  const { commit } = found;
  return {
    root,
    origin: {
      pack: source.shownAs,
      ...(version !== undefined && { version }),
      ...(commit !== undefined && { commit }),
    },
  };
}

async function locate(source: PackSource, host: Host): Promise<{ root: string; commit?: string }> {
  switch (source.kind) {
    case 'directory':
      return { root: source.directory };
    case 'npm': {
      const { npmPack } = await import('./npm.ts');
      return { root: await npmPack(source, host) };
    }
    case 'git': {
      const { gitPack } = await import('./git.ts');
      return gitPack(source, host);
    }
  }
}

async function versionOf(root: string): Promise<string | undefined> {
  try {
    const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
    return typeof version === 'string' ? version : undefined;
  } catch {
    // Only npm needs one.
    return undefined;
  }
}
