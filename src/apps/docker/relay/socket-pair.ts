import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/**
 * Two sockets of this process that are connected to each other. HTTP/2 wants a real one: over any
 * other stream, Node.js 24 aborts the process when a session is destroyed in the midst of a write.
 */
export async function socketPair(): Promise<[Socket, Socket]> {
  const server = createServer({ noDelay: true });
  server.listen({ host: '127.0.0.1', port: 0 });
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const near = connect({ host: '127.0.0.1', port, noDelay: true });
  const accepted = Promise.withResolvers<Socket>();
  server.on('connection', (socket: Socket) => {
    // Anybody on this machine may connect in this moment.
    if (socket.remotePort === near.localPort) accepted.resolve(socket);
    else socket.destroy();
  });
  near.once('error', accepted.reject);
  try {
    await once(near, 'connect');
    return [near, await accepted.promise];
  } finally {
    near.off('error', accepted.reject);
    server.close();
  }
}
