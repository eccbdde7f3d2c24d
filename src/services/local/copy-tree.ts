import {
  chmod,
  chown,
  constants,
  copyFile,
  lstat,
  mkdir,
  readdir,
  readlink,
  symlink,
} from 'node:fs/promises';
import path from 'node:path';

export interface CopyOptions {
  signal: AbortSignal;
  /** Whose the copies are; ours if undefined. */
  owner?: { uid: number; gid: number } | undefined;
  /** Mode of each copy: neither npm's umask nor ours decides. */
  mode(source: number): number;
  /** By name, wherever it is. */
  skip?: (name: string) => boolean;
}

/** Others may read it all, and run what its owner may run. */
export const readable = (mode: number) => ((mode & 0o100) === 0 ? 0o644 : 0o755);
/** As Postgres wants its data. */
export const secret = (mode: number) => mode & 0o700;

/** Copies a directory to where there is none. Rejects with the signal's reason; the rest stays. */
export async function copyTree(from: string, to: string, options: CopyOptions): Promise<void> {
  const { signal, owner, mode, skip } = options;
  signal.throwIfAborted();
  await mkdir(to);
  const entries = await readdir(from, { withFileTypes: true });
  await Promise.all(
    entries.map(async (entry) => {
      if (skip?.(entry.name)) return;
      const source = path.join(from, entry.name);
      const target = path.join(to, entry.name);
      if (entry.isDirectory()) return copyTree(source, target, options);
      if (entry.isSymbolicLink()) return symlink(await readlink(source), target);
      signal.throwIfAborted();
      await copyFile(source, target, constants.COPYFILE_FICLONE);
      const copied = await lstat(target);
      if ((copied.mode & 0o777) !== mode(copied.mode)) await chmod(target, mode(copied.mode));
      if (owner !== undefined) await chown(target, owner.uid, owner.gid);
    }),
  );
  await chmod(to, mode(0o700));
  if (owner !== undefined) await chown(to, owner.uid, owner.gid);
}
