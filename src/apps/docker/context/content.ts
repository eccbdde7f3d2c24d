import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, type LabsError, usageError } from '../../../core/errors.ts';
import { unreadable } from './entry.ts';
import type { ContextFile } from './files.ts';
import { openUnfollowed } from './open.ts';
import { refusal, shown } from './refusal.ts';

const CHUNK_BYTES = 64 * 1024;

/** What becomes of a file that somebody moved, removed or put something else in place of. */
const SWAPPED = ['ELOOP', 'EMLINK', 'ENOENT', 'ENOTDIR', 'ENXIO'];

/**
 * The bytes of a listed file, exactly as many as the list says, from the disk as they are asked
 * for. `root` is the submission's directory as `realpath` tells it.
 *
 * @throws {LabsError} usage: it is not what was listed any more, or cannot be read
 */
export async function* contentOf(root: string, listed: ContextFile): AsyncGenerator<Buffer> {
  const file = path.join(root, listed.path);
  await using handle = await opened(file, listed);
  const stats = await handle.stat();
  if (!stats.isFile() || stats.size !== listed.size) throw changed(listed);
  let left = listed.size;
  for (;;) {
    // One byte more than there should be shows a file that grows.
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, left + 1));
    const { bytesRead } = await handle.read(buffer);
    left -= bytesRead;
    if (left < 0 || (bytesRead === 0 && left > 0)) throw changed(listed);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function opened(file: string, listed: ContextFile) {
  try {
    // O_NOFOLLOW heeds the last name alone; a directory above may be a link by now.
    const directory = path.dirname(file);
    if ((await realpath(directory)) !== directory) throw changed(listed);
    return await openUnfollowed(file);
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    throw SWAPPED.includes(code) ? changed(listed) : refusal([unreadable(listed.path, error)]);
  }
}

function changed({ path }: ContextFile): LabsError {
  return usageError(`${shown(path)} changed while the submission was being read.`, {
    hint: 'Grade again when nothing writes there; leave out with .dockerignore what programs write as they run.',
  });
}
