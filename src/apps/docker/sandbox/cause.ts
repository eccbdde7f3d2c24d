import { constants } from 'node:os';
import type { LogLine } from '../../../core/log.ts';
import type { ContainerEnd } from './container.ts';
import type { Limits } from './limits.ts';

/** The signal that ended it, as a shell counts: 128 and its number. */
export function signalOf(status: number): NodeJS.Signals | null {
  const found = Object.entries(constants.signals).find(([, number]) => number === status - 128);
  return found === undefined ? null : (found[0] as NodeJS.Signals);
}

export function howItEnded({ status }: ContainerEnd): string {
  const signal = signalOf(status);
  return signal === null ? `exited with code ${status}` : `was ended by ${signal}`;
}

/** As a shell and an engine's init say: no such program, or it may not be run. */
const [NOT_FOUND, NOT_EXECUTABLE] = [127, 126];

/**
 * The program that labs.yaml names could not be run: what the system says of it, and undefined for
 * `problem` where it is not there. Undefined where it did run.
 */
export function notRun(
  status: number,
  lines: readonly LogLine[],
): { problem: string | undefined } | undefined {
  if (status === NOT_EXECUTABLE) return { problem: 'permission denied' };
  const init = lines.some(({ text }) => /\bexec\b.*(?:failed|No such file)/i.test(text));
  return status === NOT_FOUND && init ? { problem: undefined } : undefined;
}

const OUT_OF_ROOM = /ENOSPC|No space left on device/i;

const SIGNS: readonly { pattern: RegExp; says: (limits: Limits) => string }[] = [
  {
    pattern: /heap out of memory|MemoryError|OutOfMemoryError|Cannot allocate memory|ENOMEM/,
    says: outOfMemory,
  },
  {
    pattern: /EAGAIN|Resource temporarily unavailable|can't start new thread|pthread_create/,
    says: ({ pids }) => `It reached its limit of ${pids} processes and threads.`,
  },
  {
    pattern: /EMFILE|Too many open files/,
    says: ({ openFiles }) => `It reached its limit of ${openFiles} open files and connections.`,
  },
  {
    pattern: OUT_OF_ROOM,
    says: ({ tmpMiB }) => `It filled its disk: /tmp holds ${tmpMiB} MiB.`,
  },
  {
    pattern: /EROFS|Read-only file system/i,
    says: () => 'It wrote outside /tmp, which is all that can be written in the sandbox.',
  },
];

/** Which of its limits a program ran into, in a sentence; undefined where no sign of one is seen. */
export function limitReached(
  limits: Limits,
  seen: { outOfMemory: boolean; pids?: number | undefined; lines: readonly LogLine[] },
): string | undefined {
  if (seen.outOfMemory) return outOfMemory(limits);
  if (seen.pids !== undefined && seen.pids >= limits.pids)
    return `It reached its limit of ${limits.pids} processes and threads.`;
  const sign = SIGNS.find(({ pattern }) => seen.lines.some(({ text }) => pattern.test(text)));
  return sign?.says(limits);
}

function outOfMemory({ memoryMiB }: Limits): string {
  return `It ran out of memory: its limit is ${memoryMiB} MiB.`;
}

export function isOutOfRoom(lines: readonly LogLine[]): boolean {
  return lines.some(({ text }) => OUT_OF_ROOM.test(text));
}
