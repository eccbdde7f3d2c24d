// The relay's end inside the sandbox: a program of its own, in a container of its own, which shares
// nothing with the app but the network namespace. It speaks HTTP/2 over its standard input and output.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import {
  type IncomingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Stream,
} from 'node:http2';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { join } from './join.ts';
import { ERROR_HEADER, type ListenerRow, SESSION, SESSION_WINDOW_BYTES, START } from './wire.ts';

const LOOPBACK = '127.0.0.1';
/** By port, with the stream that hears of its connections. */
const listening = new Map<number, { server: Server; stream: ServerHttp2Stream }>();
const accepted = new Map<string, Socket>();
let ids = 0;

await inputBegins();
const session = performServerHandshake(
  Duplex.from({ readable: process.stdin, writable: process.stdout }),
  SESSION,
);
session.once('remoteSettings', () => session.setLocalWindowSize(SESSION_WINDOW_BYTES));
session.on('error', (error) => process.stderr.write(`${error.message}\n`));
// Without its grader it is nobody's: it ends, however the grader did.
session.on('close', () => process.exit(0));
process.stdin.on('end', () => process.exit(0));

session.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
  stream.on('error', () => {});
  if (headers[':method'] === 'CONNECT') {
    const [kind, name = ''] = String(headers[':authority']).split(':');
    if (kind === 'accepted') handOver(stream, name);
    else dial(stream, Number(name));
    return;
  }
  const [, action, port] = String(headers[':path']).split('/');
  if (action === 'listen') listen(stream, Number(port));
  else void tellListeners(stream);
});

/** Reads up to where the session begins. */
async function inputBegins(): Promise<void> {
  let seen = Buffer.alloc(0);
  for (;;) {
    const chunk: Buffer | null = process.stdin.read();
    if (chunk === null) {
      await Promise.race([once(process.stdin, 'readable'), once(process.stdin, 'end')]);
      if (process.stdin.readableEnded) process.exit(0);
      continue;
    }
    seen = Buffer.concat([seen, chunk]);
    const at = seen.indexOf(START);
    if (at === -1) continue;
    process.stdin.unshift(seen.subarray(at + START.length));
    return;
  }
}

function dial(stream: ServerHttp2Stream, port: number): void {
  const socket = connect({ host: LOOPBACK, port, noDelay: true, allowHalfOpen: true });
  const refused = (error: NodeJS.ErrnoException) => refuse(stream, error);
  socket.once('error', refused);
  stream.once('close', () => socket.destroy());
  socket.once('connect', () => {
    socket.off('error', refused);
    stream.respond({ ':status': 200 });
    join(stream, socket);
  });
}

function listen(stream: ServerHttp2Stream, port: number): void {
  const open = listening.get(port);
  stream.on('close', () => {
    if (listening.get(port)?.stream !== stream) return;
    listening.get(port)?.server.close();
    listening.delete(port);
  });
  if (open !== undefined) {
    // Opened again before the end of the last one was heard of here.
    open.stream = stream;
    stream.respond({ ':status': 200 });
    return;
  }
  const options = { allowHalfOpen: true, noDelay: true, pauseOnConnect: true };
  const server = createServer(options, (socket) => announce(socket, listening.get(port)?.stream));
  listening.set(port, { server, stream });
  server.once('error', (error) => {
    listening.delete(port);
    refuse(stream, error);
  });
  server.listen({ host: LOOPBACK, port, exclusive: true, backlog: 1024 }, () => {
    if (!stream.destroyed) stream.respond({ ':status': 200 });
  });
}

function announce(socket: Socket, stream: ServerHttp2Stream | undefined): void {
  if (stream === undefined || !stream.writable) {
    socket.resetAndDestroy();
    return;
  }
  const id = String(++ids);
  accepted.set(id, socket);
  // The app may give up before it is fetched.
  socket.on('error', () => {});
  socket.once('close', () => accepted.delete(id));
  stream.write(`${id}\n`);
}

function handOver(stream: ServerHttp2Stream, id: string): void {
  const socket = accepted.get(id);
  accepted.delete(id);
  if (socket === undefined) {
    refuse(stream, Object.assign(new Error('it gave up'), { code: 'ECONNRESET' }));
    return;
  }
  stream.respond({ ':status': 200 });
  join(stream, socket);
}

function refuse(stream: ServerHttp2Stream, error: NodeJS.ErrnoException): void {
  if (stream.destroyed || stream.headersSent) return;
  stream.respond({ ':status': 502, [ERROR_HEADER]: error.code ?? 'EIO' }, { endStream: true });
}

async function tellListeners(stream: ServerHttp2Stream): Promise<void> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readFile(`/proc/net/${table}`, 'utf8').catch(() => '')),
  );
  const rows = tables.flatMap((table) => table.split('\n').flatMap(listenerOf));
  if (stream.destroyed) return;
  stream.respond({ ':status': 200 });
  stream.end(JSON.stringify(rows));
}

/** proc_net_tcp(5): the second field is the local address, the fourth the state; 0A is LISTEN. */
function listenerOf(row: string): ListenerRow[] {
  const [, local = '', , state] = row.trim().split(/\s+/);
  const [address = '', port = ''] = local.split(':');
  if (state !== '0A') return [];
  return [{ host: hostOf(address), port: Number.parseInt(port, 16) }];
}

/** Hexadecimal words in the machine's (little-endian) byte order. */
function hostOf(hex: string): string {
  const words = hex.match(/.{8}/g) ?? [];
  const bytes = words.flatMap((word) => [...Buffer.from(word, 'hex').reverse()]);
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.every((byte) => byte === 0)) return '::';
  return bytes.slice(0, 15).every((byte) => byte === 0) && bytes[15] === 1 ? '::1' : 'other';
}
