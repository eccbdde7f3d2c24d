import { connect } from 'node:net';
import { Door } from '../../../network/door.ts';
import type { Route } from '../../port.ts';
import { join } from './join.ts';
import type { RelaySession } from './session.ts';

const LOOPBACK = '127.0.0.1';

/** A port of this machine that leads to one of the sandbox. */
export interface Entrance {
  readonly port: number;
  /** Connections are refused from now on. */
  shut(): void;
}

/** Opens a port on this machine's loopback for those who speak to a port of the sandbox. */
export async function openEntrance(
  relay: RelaySession,
  sandboxPort: number,
  at?: number,
): Promise<Entrance> {
  const door = new Door(LOOPBACK, (client) => {
    client.on('error', () => {});
    const dialled = relay.dial(sandboxPort, (stream) => {
      if (client.destroyed) stream.close();
      else join(stream, client);
    });
    // The connection was taken before it could be known that nobody listens there.
    dialled.catch(() => client.resetAndDestroy());
  });
  if (at === undefined) await door.openAnywhere();
  else await door.openAt(at);
  return { port: door.port, shut: () => door.close() };
}

/** Listens in the sandbox for connections to a server of this machine. */
export async function openRoute(
  relay: RelaySession,
  sandboxPort: number,
  server: { host: string; port: number },
): Promise<Route> {
  let shut: (() => void) | undefined;
  const open = async () => {
    shut ??= await relay.listen(sandboxPort, (stream) => {
      const socket = connect({ ...server, noDelay: true, allowHalfOpen: true });
      const refused = () => stream.close(REFUSED);
      const left = () => socket.destroy();
      socket.once('error', refused);
      // The app may go before the server has answered; `join` would hear of it no more.
      stream.once('close', left);
      socket.once('connect', () => {
        socket.off('error', refused);
        stream.off('close', left);
        if (stream.destroyed) socket.destroy();
        else join(stream, socket);
      });
    });
  };
  await open();
  return {
    host: LOOPBACK,
    port: sandboxPort,
    open,
    shut: () => {
      shut?.();
      shut = undefined;
    },
  };
}

/** RFC 9113: CONNECT_ERROR; the app's connection is then reset. */
const REFUSED = 0xa;
