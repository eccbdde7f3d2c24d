import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { LabsError } from '../../../src/core/errors.ts';

/** A directory of the test's own with these files in it, by relative path. */
export async function directoryWith(files: Record<string, string | Buffer> = {}): Promise<string> {
  const directory = await mkdtemp(path.join(tmpdir(), 'labs-test-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
    await writeFile(path.join(directory, name), content);
  }
  return directory;
}

/** The error as a user reads it: kind, message, detail and hint. */
export async function errorOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    if (!(error instanceof LabsError)) throw error;
    const parts = [`${error.kind}: ${error.message}`, error.detail];
    return [...parts, error.hint && `hint: ${error.hint}`].filter(Boolean).join('\n');
  }
  throw new Error('It was not refused.');
}
