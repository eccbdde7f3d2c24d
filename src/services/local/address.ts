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
  // unix(7): sun_path has 108 bytes with its end, 104 on macOS.
  if (Buffer.byteLength(socket) < (platform === 'darwin' ? 104 : 108)) {
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
  const host = '127.0.0.1';
  const port = await freePort(host);
  return {
    host,
    port,
    address: { host, port },
    settings: { listen_addresses: host, port: String(port), unix_socket_directories: '' },
  };
}

async function freePort(host: string): Promise<number> {
  const server = createServer();
  server.listen(0, host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
