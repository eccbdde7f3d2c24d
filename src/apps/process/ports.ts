import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { environmentError } from '../../core/errors.ts';
import { ephemeralPorts, listeningPort } from '../../network/ports.ts';
import { findMarkedProcesses, statOf } from '../../platform/process-table.ts';
import { RUN_VARIABLE } from '../../platform/run-directory.ts';
import type { Listener } from '../start-errors.ts';

/** A port that nothing listens on, out of the range that the kernel gives to outgoing connections. */
export async function freePort(): Promise<number> {
  const ephemeral = await ephemeralPorts();
  for (let attempt = 0; attempt < 50; attempt += 1) {
    const port = listeningPort(ephemeral);
    if ((await isFree(port, '0.0.0.0')) && (await isFree(port, '127.0.0.1'))) return port;
  }
  throw environmentError('No free TCP port found for the app.', {
    hint: 'See what listens on this machine with `ss -ltn`.',
  });
}

/** @throws {LabsError} something listens there already */
export async function claimPort(port: number): Promise<number> {
  if ((await isFree(port, '0.0.0.0')) && (await isFree(port, '127.0.0.1'))) return port;
  throw environmentError(`Port ${port} is taken.`, {
    hint: `Stop what listens there (\`ss -ltnp 'sport = :${port}'\` names it), or choose another with --port.`,
  });
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Where the processes of a group listen. Linux only (proc_net(5)); elsewhere nothing is found, and
 * the message that wants to name the port does without.
 */
export async function listenersOf(group: number): Promise<Listener[]> {
  if (process.platform !== 'linux') return [];
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const members = await Promise.all(
    pids.map(async (pid) => ((await groupOf(pid)) === group ? pid : undefined)),
  );
  const found = await Promise.all(
    members.filter((pid) => pid !== undefined).map((pid) => listenersOfProcess(pid)),
  );
  return found.flat();
}

/**
 * Whether it is the app that listens on a port: a process of its group, or one that left the group
 * and has the run's mark in its environment. True where that cannot be seen.
 */
export async function isServedBy(
  port: number,
  group: number,
  env: Readonly<Record<string, string>>,
): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  if ((await listenersOf(group)).some((listener) => listener.port === port)) return true;
  const marked = await findMarkedProcesses(RUN_VARIABLE, env[RUN_VARIABLE] ?? '');
  const found = await Promise.all(marked.map((pid) => listenersOfProcess(String(pid))));
  return found.flat().some((listener) => listener.port === port);
}

async function groupOf(pid: string): Promise<number | undefined> {
  const field = await statOf(Number(pid));
  return field && Number(field(5));
}

async function listenersOfProcess(pid: string): Promise<Listener[]> {
  const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const targets = await Promise.all(
    descriptors.map((fd) => readlink(`/proc/${pid}/fd/${fd}`).catch(() => '')),
  );
  const inodes = new Set(targets.flatMap((target) => /^socket:\[(\d+)\]$/.exec(target)?.[1] ?? []));
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/${pid}/net/${table}`, 'utf8').catch(() => '')),
  );
  return tables.flatMap((table) =>
    table.split('\n').flatMap((row) => {
      const [, local = '', , state, , , , , , inode = ''] = row.trim().split(/\s+/);
      const [address = '', port = ''] = local.split(':');
      if (state !== '0A' || !inodes.has(inode)) return [];
      return [{ host: addressOf(address), port: Number.parseInt(port, 16) }];
    }),
  );
}

/** The kernel prints addresses as hexadecimal words in the machine's (little-endian) byte order. */
function addressOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  return bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1
    ? '::1'
    : 'an IPv6 address';
}
