import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { environmentError } from '../../core/errors.ts';
import type { LogLine } from '../../core/log.ts';
import type { Command } from '../../core/submission.ts';
import { findFaketime, noFaketime } from '../../platform/faketime.ts';
import { fakeClock } from '../clock.ts';
import { clockMemory } from '../clock-memory.ts';
import { HOME } from './image/directories.ts';

const LIBRARY = 'libfaketime.so.1';

type Environment = Readonly<Record<string, string | undefined>>;

/** What every submission's image holds, so that a clock can be set wrong: this machine's libfaketime. */
export async function clockFiles(env: Environment): Promise<Record<string, Buffer | undefined>> {
  return { [LIBRARY]: await library(env) };
}

/**
 * The command, with its clock off. A shell lays the memory that goes with it where the container has
 * its shared memory, which is new at each start, and becomes the command.
 * @throws {LabsError} environment: there is no libfaketime on this machine
 */
export async function withClock(
  command: Command,
  { name, clockOffsetMs }: { name: string; clockOffsetMs: number },
  env: Environment,
): Promise<Command> {
  if ((await library(env)) === undefined) throw noFaketime(name, clockOffsetMs);
  const memory = clockMemory(`labs-clock.${randomBytes(6).toString('hex')}`, clockOffsetMs);
  const writes = memory.files.map(
    ({ name: file, content }) =>
      `echo ${content.toString('base64')} | base64 -d > /dev/shm/${file} && `,
  );
  const clock = { ...fakeClock(`${HOME}/${LIBRARY}`, clockOffsetMs, 'linux'), ...memory.env };
  const variables = Object.entries(clock).map(([variable, value]) => `${variable}=${value}`);
  return ['sh', '-c', `${writes.join('')}exec env "$@"`, 'sh', ...variables, ...command];
}

/**
 * Makes sure that the image took the library.
 * @throws {LabsError} environment: it was made for another C library
 */
export function requireClock(name: string, lines: readonly LogLine[]): void {
  if (!lines.some(({ text }) => /cannot be preloaded|Error loading shared library/.test(text)))
    return;
  throw environmentError(
    `The clock of ${name} cannot be set: the image does not take this machine's libfaketime.`,
    { hint: 'Grade where the C library is as old as the image’s, or outside of the sandbox.' },
  );
}

/** A Linux engine takes no library of another system. */
async function library(env: Environment): Promise<Buffer | undefined> {
  if (process.platform !== 'linux') return undefined;
  const file = await findFaketime(process.platform, process.arch, env);
  return file === undefined ? undefined : readFile(file);
}
