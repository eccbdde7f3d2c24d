import { hostname } from 'node:os';
import { identifyProcess, type ProcessIdentity } from './process-table.ts';

/** A process and the machine that it runs on. */
export interface Maker extends ProcessIdentity {
  host: string;
}

const SEPARATOR = '~';

export async function thisProcess(): Promise<Maker> {
  return { ...(await identifyProcess(process.pid)), host: hostname() };
}

/**
 * The name of a directory that is being made, and by whom: a record inside would come a moment too
 * late for a maker that is killed.
 * @param label without `~`: `.run-abc`
 */
export function draftName(label: string, { host, pid, started }: Maker): string {
  return [label, encode(host), pid, encode(started)].join(SEPARATOR);
}

/** Undefined where the name is not one of ours. */
export function readDraftName(name: string): { label: string; maker: Maker } | undefined {
  const [label, host, pid, started, ...more] = name.split(SEPARATOR);
  if (!label || !host || !pid || !/^\d+$/.test(pid) || !started || more.length > 0)
    return undefined;
  try {
    const maker = { host: decode(host), pid: Number(pid), started: decode(started) };
    return { label, maker };
  } catch {
    return undefined;
  }
}

function encode(part: string): string {
  return encodeURIComponent(part).replaceAll(SEPARATOR, '%7E');
}

const decode = decodeURIComponent;
