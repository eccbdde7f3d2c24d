import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline, type Readable, Transform } from 'node:stream';
import type Docker from 'dockerode';
import { environmentError, messageOf, usageError } from '../../core/errors.ts';
import { orAbort } from '../../platform/abortable.ts';
import { followEvents } from '../follow.ts';
import { saidByEngine } from '../said.ts';
import type { SaveContext } from './save.ts';
import { whatIsWrong } from './wrong.ts';

/**
 * Has the engine take the images of a tar, gzipped or not; it sees which.
 * @returns their names, or ids of those without
 * @throws {LabsError} `usage`: the file is no whole archive of images; `environment`
 */
export async function loadImages(
  docker: Docker,
  file: string,
  { signal, progress }: SaveContext,
): Promise<string[]> {
  const size = await sizeOf(file);
  const source = countedFile(file, (bytes) =>
    progress(`${Math.round(bytes / 1e6)} of ${Math.round(size / 1e6)} MB`),
  );
  const loaded: string[] = [];
  try {
    const answer = await orAbort(docker.loadImage(source, { abortSignal: signal }), signal);
    const followed = followEvents(docker, answer, ({ stream: text }) => {
      const [, name] = /^Loaded image(?: ID)?:\s*(\S+)/.exec(text ?? '') ?? [];
      if (name !== undefined) loaded.push(name);
    });
    await orAbort(followed, signal);
  } catch (error) {
    signal.throwIfAborted();
    // Only now: a good file is read once.
    const wrong = await whatIsWrong(file);
    if (wrong !== undefined) throw notAnArchive(file, wrong, error);
    throw environmentError(`The images were not loaded: ${saidByEngine(error)}.`, {
      hint: 'See that the engine runs and that its disk has room (docker system df), and try again.',
      cause: error,
    });
  } finally {
    source.destroy();
  }
  if (loaded.length === 0) throw notAnArchive(file, (await whatIsWrong(file)) ?? 'has no images');
  return loaded;
}

function countedFile(file: string, onBytes: (bytes: number) => void): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      onBytes(bytes);
      done(null, chunk);
    },
  });
  return pipeline(createReadStream(file), counted, () => {});
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((cause: unknown) => {
    throw usageError(`${file} cannot be read: ${messageOf(cause)}.`, { hint: WAY_ON, cause });
  });
  if (!found.isFile()) throw usageError(`${file} is no file.`, { hint: WAY_ON });
  return found.size;
}

const WAY_ON = 'Name a file that `labs images save <file>` wrote.';

function notAnArchive(file: string, wrong: string, cause?: unknown) {
  return usageError(`${file} ${wrong}.`, { hint: `${WAY_ON} Copy it anew if it was cut.`, cause });
}
