import { once } from 'node:events';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Something on this machine that a submission has no business with. */
export interface Target extends AsyncDisposable {
  port: number;
  /** How many came. */
  connections(): number;
}

export async function listen(host: string): Promise<Target> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.on('error', () => {}).end();
  });
  server.listen({ host, port: 0 });
  await once(server, 'listening');
  return {
    port: (server.address() as { port: number }).port,
    connections: () => connections,
    [Symbol.asyncDispose]: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

/** All by which others reach this machine, and the gateway of the engine's default network. */
export const addressesOfHost = () => {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  const outer = all.filter(({ internal }) => !internal).map(({ address }) => address);
  return [...new Set([...outer, '172.17.0.1'])];
};

/** `address:port` of what this process listens on, as proc_net_tcp(5) writes it: `0100007F:1F90`. */
export async function listenersOfThisProcess(): Promise<string[]> {
  const handles = await readdir('/proc/self/fd');
  const links = await Promise.all(
    handles.map((handle) => readlink(`/proc/self/fd/${handle}`).catch(() => '')),
  );
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter(
      ([, , , state, , , , , , inode]) => state === '0A' && links.includes(`socket:[${inode}]`),
    )
    .map(([, local]) => local!);
}
