import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { errorCode, type LabsError, usageError } from '../../../core/errors.ts';
import { unreadable } from './entry.ts';
import type { Limits } from './limits.ts';
import { openUnfollowed } from './open.ts';
import { refusal } from './refusal.ts';

export const IGNORE_FILE = '.dockerignore';

/** A pattern as it was written, `!` included. */
export interface Pattern {
  text: string;
  /** From 1. */
  line: number;
}

/**
 * The patterns of the `.dockerignore` in a directory, none where there is no such file.
 *
 * @throws {LabsError} usage: it is no regular file, cannot be read, or is too much
 */
export async function readPatterns(directory: string, limits: Limits): Promise<Pattern[]> {
  const patterns = (await textIn(directory, limits))
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((text, index) => ({ text: text.trim(), line: index + 1 }))
    .filter(({ text }) => text !== '' && !text.startsWith('#'));
  const { maxIgnorePatterns, maxPathBytes } = limits;
  if (patterns.length > maxIgnorePatterns)
    throw tooMuch(`has more than ${maxIgnorePatterns} patterns`);
  const long = patterns.find(({ text }) => Buffer.byteLength(text) > maxPathBytes);
  if (long) throw tooMuch(`has a pattern of more than ${maxPathBytes} bytes in line ${long.line}`);
  return patterns;
}

async function textIn(directory: string, { maxIgnoreFileBytes }: Limits): Promise<string> {
  await using handle = await opened(path.join(directory, IGNORE_FILE));
  if (handle === undefined) return '';
  const stats = await handle.stat();
  if (!stats.isFile()) throw noFile();
  if (stats.size > maxIgnoreFileBytes) throw tooMuch(`has more than ${maxIgnoreFileBytes} bytes`);
  // No more than was looked at: somebody may be writing to it.
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(stats.size), { position: 0 });
  return buffer.toString('utf8', 0, bytesRead);
}

async function opened(file: string): Promise<FileHandle | undefined> {
  try {
    return await openUnfollowed(file);
  } catch (error) {
    const code = errorCode(error) ?? '';
    // Without the directory, too: the walk says so better.
    if (['ENOENT', 'ENOTDIR'].includes(code)) return undefined;
    // What a link and a socket answer to being opened so.
    if (['ELOOP', 'EMLINK', 'ENXIO'].includes(code)) throw noFile();
    throw refusal([{ ...unreadable(IGNORE_FILE, error), hint: 'See its permissions.' }]);
  }
}

function noFile(): LabsError {
  return usageError(`${IGNORE_FILE} is no regular file.`, {
    hint: 'Put a file in its place, or remove it.',
  });
}

function tooMuch(what: string): LabsError {
  return usageError(`${IGNORE_FILE} ${what}.`, {
    hint: 'Name directories rather than each file in them.',
  });
}
