import { spawn } from 'node:child_process';
import { channel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { openRoute } from '../../../../src/apps/docker/relay/doors.ts';
import { RelaySession } from '../../../../src/apps/docker/relay/session.ts';
import { socketPair } from '../../../../src/apps/docker/relay/socket-pair.ts';
import { START } from '../../../../src/apps/docker/relay/wire.ts';

const PROGRAM = new URL('../../../../src/apps/docker/relay/program.ts', import.meta.url).pathname;
const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.close();
});

test('a route carries what both sides say', async () => {
  const relay = await aRelay();
  const server = await listening((socket) => socket.end('from the server'));
  const app = await throughRoute(relay, server);
  let heard = '';
  app.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk;
  });
  await once(app, 'end');
  expect(heard).toBe('from the server');
});

test('who is gone before the server has answered leaves no connection to it', async () => {
  const relay = await aRelay();
  const server = await listening(() => {});
  const made = Promise.withResolvers<Socket>();
  const sockets = channel('net.client.socket');
  const onSocket = (message: unknown) => {
    sockets.unsubscribe(onSocket);
    made.resolve((message as { socket: Socket }).socket);
    // Before anything has come of the connection that is being made here.
    relay.close();
  };
  const app = await throughRoute(relay, server, () => sockets.subscribe(onSocket));
  const socket = await made.promise;
  await expect.poll(() => socket.destroyed).toBe(true);
  app.destroy();
});

/** The program that runs in the sandbox, here as a process. */
async function aRelay(): Promise<RelaySession> {
  const child = spawn(process.execPath, [PROGRAM], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [near, far] = await socketPair();
  child.stdin.on('error', () => {});
  child.stdin.write(START);
  far.on('error', () => {});
  far.pipe(child.stdin);
  child.stdout.pipe(far);
  const relay = new RelaySession(near);
  opened.push({
    async close() {
      relay.close();
      far.destroy();
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  });
  await relay.ready(AbortSignal.timeout(60_000));
  return relay;
}

/** A connection of the app's to the server. */
async function throughRoute(
  relay: RelaySession,
  server: Server,
  onConnecting: () => void = () => {},
): Promise<Socket> {
  const { port } = server.address() as AddressInfo;
  const free = await listening(() => {});
  const inside = (free.address() as AddressInfo).port;
  await new Promise((resolve) => free.close(resolve));
  await openRoute(relay, inside, { host: '127.0.0.1', port });
  const app = connect(inside, '127.0.0.1');
  onConnecting();
  app.on('error', () => {});
  await once(app, 'connect');
  return app;
}

async function listening(answer: (socket: Socket) => void): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    opened.push({ close: () => socket.destroy() });
    answer(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  opened.push(server);
  return server;
}
