import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Opens connections that have had one request answered and stay open; disposing closes them. */
export async function openIdleConnections(
  url: string,
  count: number,
  signal: AbortSignal,
): Promise<Disposable> {
  const sockets: Socket[] = [];
  const close = () => {
    for (const socket of sockets) socket.destroy();
  };
  // The check may be over before they are.
  signal.addEventListener('abort', close, { once: true });
  const { hostname, port, host, pathname } = new URL(url);
  for (let i = 0; i < count; i += 1) {
    const socket = connect(Number(port), hostname);
    sockets.push(socket);
    socket.on('error', () => {});
    socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${host}\r\nConnection: keep-alive\r\n\r\n`);
    await answered(socket, signal);
  }
  return { [Symbol.dispose]: close };
}

/** Settles once a whole answer has come, or the server has closed the connection. */
async function answered(socket: Socket, signal: AbortSignal): Promise<void> {
  let text = '';
  const whole = Promise.withResolvers<void>();
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
    if (/\r\n\r\n[\s\S]*"ok"[\s\S]*\}/.test(text)) whole.resolve();
  });
  await Promise.race([whole.promise, once(socket, 'close', { signal })]);
}
