import type Docker from 'dockerode';
import { demultiplexer } from './demultiplex.ts';

const LINES = 20;

/** The last lines of a container's log, for people; undefined where there are none to be had. */
export async function logTail(container: Docker.Container): Promise<string | undefined> {
  return (await containerLog(container, LINES)).trim() || undefined;
}

/** All that a container wrote, or its last lines; empty where it cannot be had. */
export async function containerLog(container: Docker.Container, lines?: number): Promise<string> {
  const tail = lines === undefined ? {} : { tail: lines };
  const options = { stdout: true, stderr: true, ...tail };
  return textOf(await container.logs(options).catch(() => Buffer.alloc(0)));
}

function textOf(frames: Buffer): string {
  const parts: Buffer[] = [];
  demultiplexer((part) => parts.push(part))(frames);
  return Buffer.concat(parts).toString('utf8');
}
