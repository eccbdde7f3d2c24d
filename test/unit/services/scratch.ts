import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createRunDirectory, type RunDirectory } from '../../../src/platform/run-directory.ts';

export interface Scratch extends AsyncDisposable {
  directory: string;
  cache: string;
  newRun(): Promise<RunDirectory>;
}

/** A cache of its own, empty, and a place for runs; all of it goes with the scope. */
export async function scratch(): Promise<Scratch> {
  const directory = await mkdtemp(path.join(tmpdir(), 'labs-services-'));
  await chmod(directory, 0o755);
  return {
    directory,
    cache: path.join(directory, 'cache'),
    newRun: () => createRunDirectory(path.join(directory, 'runs')),
    [Symbol.asyncDispose]: () => rm(directory, { recursive: true, force: true }),
  };
}

export const quiet = (signal = new AbortController().signal) => ({ signal, progress: () => {} });
