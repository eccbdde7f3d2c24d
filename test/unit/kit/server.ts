import { createServer, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';
import type { Contract } from '../../../src/core/contract.ts';
import { createHttp, HTTP_LIMITS, type HttpLimits } from '../../../src/kit/http/client.ts';
import { createTrace, type Trace } from '../../../src/kit/trace.ts';

/** A server that does with a connection what the test says; gone, with its sockets, after it. */
export async function serve(talk: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => {});
    talk(socket);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((closed) => server.close(closed));
  });
  const { port } = server.address() as { port: number };
  return `http://127.0.0.1:${port}`;
}

/** Answers with these bytes as soon as the head of a request has come, and leaves the end open. */
export function serveBytes(...parts: (string | Buffer)[]): Promise<string> {
  return serve((socket) => {
    socket.once('data', () => {
      for (const part of parts) socket.write(part);
    });
  });
}

/** A whole answer with this body, as a well-behaved server sends it. */
export function answer(body: string | Buffer, ...headers: string[]): Buffer {
  const bytes = Buffer.from(body);
  const length = `content-length: ${bytes.length}`;
  const head = ['HTTP/1.1 200 OK', ...headers, length, 'connection: close', '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), bytes]);
}

/** Writes again and again, as fast as the peer reads, until it goes away. */
export function flood(socket: Socket, bytes: string | Buffer): void {
  const more = () => {
    while (!socket.destroyed && socket.writable && socket.write(bytes));
  };
  socket.on('drain', more);
  more();
}

const silent: Contract = { violations: () => [] };

/** The kit's client, with what it recorded. */
export function client(
  origin: string,
  options: { limits?: Partial<HttpLimits>; contract?: Contract; signal?: AbortSignal } = {},
) {
  let id = 0;
  const trace: Trace = createTrace(
    () => ++id,
    () => performance.now(),
  );
  const http = createHttp({
    origin: () => origin,
    trace,
    contract: options.contract ?? silent,
    signal: options.signal ?? new AbortController().signal,
    limits: { ...HTTP_LIMITS, timeoutMs: 10_000, ...options.limits },
  });
  return { http, trace };
}
