import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { type ListOptions, listFiles } from '../../../../src/apps/docker/context/files.ts';

const execute = promisify(execFile);

export const asRoot = process.getuid?.() === 0;

export async function run(command: string, ...args: string[]): Promise<string> {
  return (await execute(command, args)).stdout;
}

export async function pathsIn(directory: string, options?: ListOptions): Promise<string[]> {
  return (await listFiles(directory, options)).map((file) => file.path);
}

/** A path below a directory whose last name is any bytes. */
export function rawPath(directory: string, name: readonly number[]): Buffer {
  return Buffer.concat([Buffer.from(`${directory}${path.sep}`), Buffer.from(name)]);
}

/** Does something as a user without any right; what it must reach, everybody must. */
export async function asNobody<T>(work: () => Promise<T>): Promise<T> {
  if (!asRoot) return work();
  process.seteuid?.(65534);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
  }
}
