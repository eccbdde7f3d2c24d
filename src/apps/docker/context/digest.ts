import { createHash, type Hash } from 'node:crypto';
import { realpath } from 'node:fs/promises';
import { contentOf } from './content.ts';
import type { ContextFile } from './files.ts';

/**
 * SHA-256 in hex over what the sandbox gets: of each entry its kind, path, mode, link target, size
 * and content. Equal for equal lists, wherever and whenever they were made.
 *
 * @throws {LabsError} usage: a file is not what was listed any more
 */
export async function digestOf(directory: string, files: readonly ContextFile[]): Promise<string> {
  const root = await realpath(directory);
  const hash = createHash('sha256');
  for (const file of files) {
    const { kind, path, mode, target = '', size } = file;
    for (const field of [kind, path, mode.toString(8), target, String(size)]) add(hash, field);
    if (kind === 'file') for await (const chunk of contentOf(root, file)) hash.update(chunk);
  }
  return hash.digest('hex');
}

/** The length keeps the end of one field from being the beginning of the next. */
function add(hash: Hash, field: string): void {
  hash.update(`${Buffer.byteLength(field)}:${field}`);
}
