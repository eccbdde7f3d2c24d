import { createHash } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
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

/** A Docker context in `.docker`, as `docker context create` makes it. */
export async function writeContext(
  { directory }: Scratch,
  name: string,
  url: string,
): Promise<void> {
  const id = createHash('sha256').update(name).digest('hex');
  const meta = path.join(directory, '.docker/contexts/meta', id);
  await mkdir(meta, { recursive: true });
  const context = { Name: name, Endpoints: { docker: { Host: url } } };
  await writeFile(path.join(meta, 'meta.json'), JSON.stringify(context));
}
