import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import path from 'node:path';
import type { ServerAddress } from '../port.ts';

/** Where a server listens, as `pg` takes it and as the proxy does. */
export interface Listening {
  /** A directory, or a loopback address. */
  host: string;
  port: number;
  address: ServerAddress;
  /** Settings of the server. */
  settings: Readonly<Record<string, string>>;
}

const SOCKET_PORT = 5432;

/** A Unix socket in the directory, or a loopback port where its path would be too long. */
export async function chooseAddress(
  directory: string,
  platform: NodeJS.Platform,
): Promise<Listening> {
  const socket = path.join(directory, `.s.PGSQL.${SOCKET_PORT}`);
  if (fits(socket, platform)) {
    return {
      host: directory,
      port: SOCKET_PORT,
      address: { path: socket },
      settings: {
        listen_addresses: '',
        port: String(SOCKET_PORT),
        unix_socket_directories: directory,
      },
    };
  }
  const { host, port } = await loopback();
  return {
    host,
    port,
    address: { host, port },
    settings: { listen_addresses: host, port: String(port), unix_socket_directories: '' },
  };
}

/** As above, of a server that takes any path for its socket. */
export async function chooseSocket(
  socket: string,
  platform: NodeJS.Platform,
): Promise<ServerAddress> {
  return fits(socket, platform) ? { path: socket } : loopback();
}

/** unix(7): sun_path has 108 bytes with its end, 104 on macOS. */
function fits(socket: string, platform: NodeJS.Platform): boolean {
  return Buffer.byteLength(socket) < (platform === 'darwin' ? 104 : 108);
}

async function loopback(): Promise<{ host: string; port: number }> {
  const host = '127.0.0.1';
  return { host, port: await freePort(host) };
}

export async function freePort(host = '127.0.0.1'): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
