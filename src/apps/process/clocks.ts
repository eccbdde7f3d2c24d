import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { environmentError, messageOf } from '../../core/errors.ts';
import { findFaketime, noFaketime } from '../../platform/faketime.ts';
import type { RunOwner } from '../../platform/run-directory.ts';
import { fakeClock } from '../clock.ts';
import { clockMemory } from '../clock-memory.ts';
import { clockName, SHARED, sweepClocks } from './clock-files.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** The wrong clocks of an app's processes. */
export interface Clocks {
  /**
   * What a process needs in its environment beside `env` for its clock to be off.
   * @throws {LabsError} environment: there is no libfaketime
   */
  set(name: string, offsetMs: number, env: Environment): Promise<Record<string, string>>;
  /** Removes what they share; to be called when all of the app has ended. */
  close(): Promise<void>;
}

export function createClocks(host: Environment, owner: RunOwner): Clocks {
  const files: string[] = [];
  return {
    set: async (name, offsetMs, env) => {
      const library = await findFaketime(process.platform, process.arch, host);
      if (library === undefined) throw noFaketime(name, offsetMs);
      const clock = fakeClock(library, offsetMs, process.platform);
      // The app may have a library of its own to load first, an allocator for one.
      const variable = process.platform === 'darwin' ? 'DYLD_INSERT_LIBRARIES' : 'LD_PRELOAD';
      const both = [library, env[variable]].filter(Boolean).join(':');
      return { ...clock, [variable]: both, ...(await share(offsetMs, owner, files)) };
    },
    close: async () => {
      await Promise.all(files.splice(0).map((file) => rm(file, { force: true })));
    },
  };
}

/** Each start has its own: a process that is killed while it holds the semaphore hangs no other. */
async function share(offsetMs: number, owner: RunOwner, files: string[]) {
  if (process.platform !== 'linux') return {};
  await sweepClocks();
  const id = randomBytes(6).toString('hex');
  const memory = clockMemory(clockName(owner, id), offsetMs);
  for (const { name, content } of memory.files) {
    const file = path.join(SHARED, name);
    files.push(file);
    await writeFile(file, content, { mode: 0o600, flag: 'wx' }).catch((cause: unknown) => {
      throw environmentError(`A wrong clock cannot be set: ${messageOf(cause)}.`, {
        hint: `It needs a few bytes in ${SHARED}: make room there, or let it be written to.`,
        cause,
      });
    });
  }
  return memory.env;
}
