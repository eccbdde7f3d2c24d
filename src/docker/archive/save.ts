import { type Readable, Transform } from 'node:stream';
import { createGzip } from 'node:zlib';
import type Docker from 'dockerode';
import { environmentError, errorCode, LabsError } from '../../core/errors.ts';
import { writeWholeFile } from '../../platform/whole-file.ts';
import { saidByEngine } from '../said.ts';

export interface SaveContext {
  signal: AbortSignal;
  progress(text: string): void;
}

/**
 * Writes images into one tar as the engine gives it, gzipped where the file's name ends in `.gz`. The
 * file is there when it is whole.
 * @returns how long the file is, in bytes
 * @throws {LabsError} `environment`: the engine breaks off, or the disk does not take it
 */
export async function saveImages(
  docker: Docker,
  names: readonly string[],
  file: string,
  { signal, progress }: SaveContext,
): Promise<number> {
  progress('the engine gathers the images');
  try {
    const archive = await openArchive(docker, names, signal);
    const watched = watch((bytes) => progress(`${Math.round(bytes / 1e6)} MB`));
    const gzip = file.endsWith('.gz') ? [createGzip()] : [];
    return await writeWholeFile(file, [archive, watched, ...gzip], signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LabsError) throw error;
    if ((error as { statusCode?: number }).statusCode === 404)
      throw environmentError(`The engine does not have all of ${names.join(', ')}.`, {
        hint: 'With a network: `labs images pull`.',
        cause: error,
      });
    throw notSaved(file, error);
  }
}

function openArchive(
  docker: Docker,
  names: readonly string[],
  signal: AbortSignal,
): Promise<Readable> {
  const { promise, resolve, reject } = Promise.withResolvers<Readable>();
  docker.modem.dial(
    {
      path: '/images/get?',
      method: 'GET',
      options: { names },
      isStream: true,
      abortSignal: signal,
      statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
    },
    (error, stream) => (error ? reject(error) : resolve(stream as Readable)),
  );
  return promise;
}

const END_OF_TAR = 1_024;

/** Counts, and sees that a tar has its end: an engine that breaks off writes why, and then ends well. */
function watch(onBytes: (bytes: number) => void): Transform {
  let bytes = 0;
  let tail = Buffer.alloc(0);
  return new Transform({
    transform: (chunk: Buffer, _, done) => {
      bytes += chunk.length;
      tail = Buffer.concat([tail, chunk.subarray(-END_OF_TAR)]).subarray(-END_OF_TAR);
      onBytes(bytes);
      done(null, chunk);
    },
    flush: (done) => {
      const whole = tail.length === END_OF_TAR && tail.every((byte) => byte === 0);
      done(whole ? null : new Error(`the engine broke off: ${lastWords(tail)}`));
    },
  });
}

function lastWords(tail: Buffer): string {
  return /[\x20-\x7e\n]*$/.exec(tail.toString('latin1'))?.[0].trim().slice(-300) || 'no end';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOSPC: 'the disk is full',
  EDQUOT: 'your quota on the disk is used up',
  EFBIG: 'its file system takes no file of that length (FAT: 4 GB)',
  EROFS: 'the disk cannot be written to',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EIO: 'the disk reports an error',
};

function notSaved(file: string, cause: unknown): LabsError {
  const reason = REASONS[errorCode(cause) ?? ''];
  if (reason === undefined)
    return environmentError(`The images were not saved: ${saidByEngine(cause)}.`, {
      hint: 'See that the engine runs and that its own disk has room (docker system df), and try again.',
      cause,
    });
  return environmentError(`${file} cannot be written: ${reason}.`, {
    hint: 'Nothing was left there. Name a file on another disk, or one that ends in .gz, which takes about half the room.',
    cause,
  });
}
