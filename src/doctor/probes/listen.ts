import { createServer } from 'node:net';

/** Whether this process may listen on a port of 127.0.0.1; 0 is any that is free. */
export async function canListen(port: number): Promise<boolean> {
  // What listens on all addresses does not keep Linux from giving out one of them, but it is there.
  if (!(await listens(port, '127.0.0.1'))) return false;
  return port === 0 || listens(port, '0.0.0.0');
}

function listens(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
