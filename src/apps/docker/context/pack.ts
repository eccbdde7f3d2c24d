import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { createTarPacker, type TarHeader } from 'modern-tar';
import { contentOf } from './content.ts';
import type { ContextFile } from './files.ts';

export interface PackOptions {
  /** What all paths begin with: a directory such as `app/`, which is the first entry, or nothing. */
  prefix: string;
  /** Who owns all entries. */
  uid: number;
  gid: number;
}

export interface MemoryFile {
  /** Below the prefix. */
  path: string;
  content: Buffer | string;
  /** 0o644 unless said otherwise. */
  mode?: number;
}

type Add = (header: TarHeader, content?: AsyncIterable<Buffer> | Iterable<Buffer>) => Promise<void>;

/**
 * A tar of exactly these files, read one after the other as the stream is read. Equal files give
 * equal bytes. The stream fails with a usage error where a file is not what was listed any more.
 */
export function packFiles(
  directory: string,
  files: readonly ContextFile[],
  options: PackOptions,
): Readable {
  return tarOf(options, async (add) => {
    const root = await realpath(directory);
    for (const file of files) await add(headerOf(file), contentIn(root, file));
  });
}

/** A tar of files that are no files yet, with the directories that they are in. */
export function packEntries(entries: readonly MemoryFile[], options: PackOptions): Readable {
  return tarOf(options, async (add) => {
    for (const name of new Set(entries.flatMap((entry) => parentsOf(entry.path))))
      await add(directoryAt(name));
    for (const { path: name, content, mode = 0o644 } of entries) {
      const bytes = Buffer.from(content);
      await add({ name, mode, size: bytes.length }, [bytes]);
    }
  });
}

function headerOf({ path: name, kind, mode, size, target }: ContextFile): TarHeader {
  if (kind === 'directory') return { name: `${name}/`, type: kind, mode, size };
  return { name, type: kind, mode, size, ...(target !== undefined && { linkname: target }) };
}

function directoryAt(name: string): TarHeader {
  return { name, type: 'directory', mode: 0o755, size: 0 };
}

function contentIn(root: string, file: ContextFile): AsyncIterable<Buffer> | undefined {
  return file.kind === 'file' ? contentOf(root, file) : undefined;
}

/** `a/b/c.txt` → `a/`, `a/b/`. */
function parentsOf(file: string): string[] {
  const parent = path.posix.dirname(file);
  return parent === '.' ? [] : [...parentsOf(parent), `${parent}/`];
}

function tarOf({ prefix, uid, gid }: PackOptions, fill: (add: Add) => Promise<void>): Readable {
  const { readable, controller } = createTarPacker();
  const add: Add = async (header, content = []) => {
    const name = `${prefix}${header.name}`;
    const writer = controller
      .add({ ...header, name, uid, gid, uname: '', gname: '', mtime: new Date(0) })
      .getWriter();
    // A write waits until the stream has been read, and fails once it is destroyed.
    for await (const chunk of content) await writer.write(chunk);
    await writer.close();
  };
  const all = async () => {
    if (prefix !== '') await add(directoryAt(''));
    await fill(add);
    controller.finalize();
  };
  all().catch((error: unknown) => controller.error(error));
  return Readable.fromWeb(readable);
}
