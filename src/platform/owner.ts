import { readlink } from 'node:fs/promises';
import type { RunOwner } from './run-directory.ts';

/** Says whether the process that owns something has ended; false where that is not known. */
export type IsDead = (owner: RunOwner) => Promise<boolean>;

/** An owner as it is written to places that other machines and containers see too. */
export interface OwnerRecord extends RunOwner {
  /** Which numbering `pid` belongs to: containers may share a host's name, but not its pids. */
  pids: string;
}

export async function ownerRecord(owner: RunOwner): Promise<OwnerRecord> {
  return { ...owner, pids: await pidNamespace() };
}

/** Undefined unless it is a whole record. */
export function readOwner(value: unknown): OwnerRecord | undefined {
  const { host, pid, started, startedAt, pids } = (value ?? {}) as Partial<OwnerRecord>;
  const whole =
    typeof host === 'string' &&
    Number.isSafeInteger(pid) &&
    typeof started === 'string' &&
    Number.isSafeInteger(startedAt) &&
    typeof pids === 'string';
  return whole ? { host, pid: pid!, started, startedAt: startedAt!, pids } : undefined;
}

/** True only if its process is known to have ended: what cannot be seen from here is left alone. */
export async function isAbandoned(owner: OwnerRecord, isDead: IsDead): Promise<boolean> {
  return owner.pids === (await pidNamespace()) && (await isDead(owner));
}

async function pidNamespace(): Promise<string> {
  return readlink('/proc/self/ns/pid').catch(() => 'host');
}
