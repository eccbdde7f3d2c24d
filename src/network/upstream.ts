import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { TapFactory } from './tap.ts';

/** Where the real server listens: TCP, perhaps under TLS, or a Unix socket. */
export type Upstream =
  | {
      readonly host: string;
      readonly port: number;
      /** Speak TLS to the server, with these options; the client still speaks plain text. */
      readonly tls?: ConnectionOptions;
    }
  | { readonly path: string };

/**
 * Connects to the server. Rejects with the socket's error, the TLS error, the
 * server's refusal to speak TLS, or an AbortError.
 */
export async function dial(
  upstream: Upstream,
  requestTls: TapFactory['requestTls'],
  signal: AbortSignal,
): Promise<Socket> {
  const socket = connect({ ...address(upstream), allowHalfOpen: true, noDelay: true });
  const abort = () => socket.destroy(new DOMException('The dialling was given up', 'AbortError'));
  signal.addEventListener('abort', abort);
  try {
    signal.throwIfAborted();
    await once(socket, 'connect');
    if (!('tls' in upstream) || upstream.tls === undefined) return socket;
    await requestTls?.(socket);
    return await secure(socket, upstream.host, upstream.tls, signal);
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function secure(
  socket: Socket,
  host: string,
  tls: ConnectionOptions,
  signal: AbortSignal,
): Promise<Socket> {
  // RFC 6066, section 3: a server name is never an address.
  const servername = /^[\d.]+$|:/.test(host) ? '' : host;
  const secured = connectTls({ servername, host, ...tls, socket });
  // Its errors are those of `secured`; but a socket without a listener would throw them.
  socket.on('error', () => {});
  await once(secured, 'secureConnect', { signal });
  return secured;
}

function address(upstream: Upstream): { host: string; port: number } | { path: string } {
  return 'path' in upstream
    ? { path: upstream.path }
    : { host: upstream.host, port: upstream.port };
}
