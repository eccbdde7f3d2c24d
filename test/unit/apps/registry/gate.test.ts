import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { type Gate, openGate } from '../../../../src/apps/docker/registry/gate.ts';
import type { LabsError } from '../../../../src/core/errors.ts';

const opened: { close(): unknown }[] = [];

afterEach(async () => {
  for (const each of opened.splice(0)) await each.close();
});

test('a proxy that is down is the fault of the machine, and is named without its password', async () => {
  const { host: registry } = await aRegistry();
  const { port } = await closed();
  const gate = await aGate([registry], `http://me:secret@127.0.0.1:${port}`);
  expect(await connectThrough(gate, registry)).toBe(504);
  expect((gate.lost.reason as LabsError).message).toBe(
    `The proxy http://127.0.0.1:${port}, behind which the package registry is, cannot be reached: connection refused.`,
  );
  expect((gate.lost.reason as LabsError).kind).toBe('environment');
});

test('a proxy that does not lead to the registry is the fault of the machine', async () => {
  const { host: registry } = await aRegistry();
  const proxy = await aProxy(407);
  const gate = await aGate([registry], proxy.url);
  expect(await connectThrough(gate, registry)).not.toBe(200);
  expect((gate.lost.reason as LabsError).message).toBe(
    `The proxy ${proxy.url} does not lead to the package registry: it answers 407 to CONNECT.`,
  );
});

test('a proxy that is there is gone through', async () => {
  const proxy = await aProxy(200);
  const gate = await aGate(['registry.invalid'], proxy.url);
  expect(await connectThrough(gate, 'registry.invalid:443')).toBe(200);
  expect(proxy.asked).toEqual(['registry.invalid:443']);
  expect(gate.lost.aborted).toBe(false);
});

test('what is not the registry is refused without asking the proxy', async () => {
  const proxy = await aProxy(200);
  const gate = await aGate(['registry.invalid'], proxy.url);
  expect(await connectThrough(gate, 'elsewhere.invalid:443')).toBe(403);
  expect(proxy.asked).toEqual([]);
  expect(gate.lost.aborted).toBe(false);
});

test('what NO_PROXY names is gone to without the proxy', async () => {
  const { host: registry } = await aRegistry();
  const { port } = await closed();
  const gate = await aGate([registry], `http://127.0.0.1:${port}`, `localhost,127.0.0.1`);
  expect(await connectThrough(gate, registry)).toBe(200);
  expect(gate.lost.aborted).toBe(false);
});

test('a registry that NO_PROXY names, and that is down, is the fault of the machine', async () => {
  const { port } = await closed();
  const gate = await aGate([`127.0.0.1:${port}`], 'http://127.0.0.1:9', '127.0.0.1');
  expect(await connectThrough(gate, `127.0.0.1:${port}`)).toBe(504);
  expect((gate.lost.reason as LabsError).message).toBe(
    'The package registry 127.0.0.1 cannot be reached: connection refused.',
  );
});

async function aGate(hosts: string[], HTTPS_PROXY?: string, NO_PROXY?: string): Promise<Gate> {
  const gate = await openGate(hosts, { HTTPS_PROXY, NO_PROXY });
  opened.unshift(gate);
  return gate;
}

async function aRegistry(): Promise<{ host: string }> {
  const server = createServer((_, response) => response.end());
  const { port } = await listening(server);
  opened.push(server);
  return { host: `127.0.0.1:${port}` };
}

/** Gives one answer to all that is asked of it. */
async function aProxy(status: number): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer();
  server.on('connect', ({ url }, socket) => {
    asked.push(url!);
    socket.end(`HTTP/1.1 ${status} Whatever\r\n\r\n`);
  });
  const { port } = await listening(server);
  opened.push(server);
  return { url: `http://127.0.0.1:${port}`, asked };
}

/** A port that nothing listens on. */
async function closed(): Promise<AddressInfo> {
  const server = createTcpServer();
  const address = await listening(server);
  server.close();
  await once(server, 'close');
  return address;
}

async function listening(server: Server): Promise<AddressInfo> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server.address() as AddressInfo;
}

/** The status that the gate gives to `CONNECT`. */
async function connectThrough({ host, port }: Gate, target: string): Promise<number | undefined> {
  const asked = request({ host, port, method: 'CONNECT', path: target }).end();
  const [response, socket] = await once(asked, 'connect');
  socket.destroy();
  return response.statusCode;
}
