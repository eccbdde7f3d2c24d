import { execFile, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withoutChannelBinding } from '../../../src/network/postgres/handshake.ts';
import { postgresTap } from '../../../src/network/postgres/tap.ts';
import { startProxy } from '../../../src/network/proxy.ts';
import type { TapFactory } from '../../../src/network/tap.ts';
import type { Upstream } from '../../../src/network/upstream.ts';
import { type PostgresServer, startPostgres } from './postgres-server.ts';
import {
  describe as describeMessage,
  int32,
  message,
  query,
  RawClient,
  startup,
  sync,
  text,
} from './raw-client.ts';

const BACKENDS = "SELECT pid FROM pg_stat_activity WHERE usename = 'app'";
const run = promisify(execFile);
const has = (command: string, flag: string) => spawnSync(command, [flag]).status === 0;

let plain: PostgresServer;
beforeAll(async () => {
  plain = await startPostgres();
});
afterAll(() => plain.stop());

async function through(upstream: Upstream) {
  const { factory, tap } = postgresTap();
  return { tap, proxy: await startProxy({ name: 'postgres', upstream, tap: factory }) };
}

test.for([1, 3, 1000])('requests for encryption are refused, in chunks of %i', async (size) => {
  const { tap, proxy } = await through(plain);
  const socket = connect({ port: proxy.port, host: proxy.host, noDelay: true });
  const requests = [80_877_104, 80_877_103].map((code) => Buffer.concat([int32(8), int32(code)]));
  const bytes = Buffer.concat([...requests, startup()]);
  let refusals = '';
  const refused = new Promise<void>((resolve) => {
    socket.once('data', function hear(chunk: Buffer) {
      refusals += chunk.toString('latin1', 0, 2 - refusals.length);
      if (refusals.length === 2) resolve();
      else socket.once('data', hear);
    });
  });
  for (let at = 0; at < 16; at += size) {
    socket.write(bytes.subarray(at, Math.min(16, at + size)));
    await new Promise((resolve) => setImmediate(resolve));
  }
  await refused;
  expect(refusals).toBe('NN');
  const client = new RawClient(socket);
  client.send(bytes.subarray(16));
  expect(await client.until('Z')).toMatch(/^R.*Z$/);
  expect(tap.opaqueSince(0)).toEqual([]);
  await proxy.close();
});

test('a request for encryption is answered once, and then passed on', async () => {
  const { tap, proxy } = await through(plain);
  const socket = connect(proxy.port, proxy.host).on('error', () => {});
  const request = Buffer.concat([int32(8), int32(80_877_103)]);
  socket.write(Buffer.concat(Array<Buffer>(1_000).fill(request)));
  let answers = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => {
    answers += chunk;
  });
  await once(socket, 'close');
  // Ours, the server's to the second, and its words to the third.
  expect(answers).toMatch(/^NNE/);
  expect(tap.opaqueSince(0)).toMatchObject([{ connection: 1 }]);
  await proxy.close();
});

test('who speaks something else is passed on, and marked', async () => {
  const { tap, proxy } = await through(plain);
  const socket = connect(proxy.port, proxy.host).on('error', () => {});
  socket.end('GET / HTTP/1.1\r\n\r\n');
  await once(socket, 'close');
  expect(tap.opaqueSince(0)).toMatchObject([{ connection: 1, byClient: true }]);
  expect(tap.opaqueSince(tap.mark())).toEqual([]);
  await proxy.close();
});

test('what passes where nothing could be read any more is marked anew', async () => {
  const { tap, proxy } = await through(plain);
  const client = await RawClient.connect(proxy);
  client.send(describeMessage('S', 'n'.repeat(1_025)), sync());
  await client.until('Z');
  expect(tap.opaqueSince(0)).toEqual([
    { connection: 1, reason: 'a name is longer than 1 KiB', byClient: true },
  ]);
  const mark = tap.mark();
  expect(tap.opaqueSince(mark)).toEqual([]);
  client.send(query('SELECT 2'));
  await client.until('Z');
  expect(tap.opaqueSince(mark)).toHaveLength(1);
  const other = await RawClient.connect(proxy);
  other.send(query('SELECT 3'));
  await other.until('Z');
  expect(tap.since(mark).map(({ sql }) => sql)).toEqual(['SELECT 3']);
  expect(tap.opaqueSince(tap.mark())).toEqual([]);
  expect(tap.excessSince(0)).toBeUndefined();
  client.end();
  other.end();
  await proxy.close();
});

test.each([
  ['a first message without a version', Buffer.concat([int32(6), Buffer.from('abcdef')])],
  ['a call of no function', Buffer.concat([startup(), message('F')])],
])('%s is the client’s doing', async (_, bytes) => {
  const { tap, proxy } = await through(plain);
  const socket = connect(proxy.port, proxy.host).on('error', () => {});
  socket.end(bytes);
  socket.resume();
  await once(socket, 'close');
  expect(tap.opaqueSince(0)).toMatchObject([{ byClient: true }]);
  await proxy.close();
});

test('a tap that throws is let go, and the connection goes on', async () => {
  const ends: unknown[] = [];
  const fail = () => {
    throw new Error('a bug in a tap');
  };
  const factory: TapFactory = {
    open: () => ({
      clientHandshake: fail,
      fromClient: fail,
      fromUpstream: fail,
      ended: (cause) => ends.push(cause),
    }),
  };
  await using proxy = await startProxy({ name: 'postgres', upstream: plain, tap: factory });
  const client = await RawClient.connect(proxy);
  client.end();
  await once(client.socket, 'close');
  expect(ends).toEqual([new Error('a bug in a tap')]);
});

test('channel binding is taken out of an offer, wherever it is cut', () => {
  const offer = (...names: string[]) =>
    message('R', int32(10), ...names.map(text), Buffer.from([0]));
  const ok = message('R', int32(0));
  const full = offer('SCRAM-SHA-256-PLUS', 'SCRAM-SHA-256');
  for (let at = 0; at < full.length; at++) {
    expect(withoutChannelBinding(full.subarray(0, at))).toEqual({ take: 0, done: false });
  }
  const forward = offer('SCRAM-SHA-256');
  const bytes = Buffer.concat([full, ok]);
  expect(withoutChannelBinding(bytes)).toEqual({ take: full.length, forward, done: true });
  for (const other of [forward, ok, message('E', text('SFATAL'), Buffer.from([0]))]) {
    expect(withoutChannelBinding(other)).toEqual({ take: 0, done: true });
  }
});

test.runIf(has('psql', '--version'))('libpq, which prefers encryption, is followed', async () => {
  const { tap, proxy } = await through(plain);
  const url = `postgres://postgres@${proxy.host}:${proxy.port}/postgres?sslmode=prefer`;
  await run('psql', ['-X', url, '-c', 'SELECT 1; SELECT 2', '-c', 'COPY (SELECT 3) TO STDOUT']);
  expect(tap.statements().map(({ sql }) => sql)).toEqual([
    'SELECT 1',
    'SELECT 2',
    'COPY (SELECT 3) TO STDOUT',
  ]);
  expect(tap.opaqueSince(0)).toEqual([]);
  await proxy.close();
});

test.runIf(has('openssl', 'version'))('a server that demands TLS and SCRAM', async () => {
  await using server = await startPostgres({
    tls: true,
    access: ['local all all trust', 'hostssl all all all scram-sha-256'],
  });
  const admin = new pg.Client({
    host: server.socketDirectory,
    port: server.port,
    user: 'postgres',
  });
  await admin.connect();
  await admin.query("CREATE ROLE app LOGIN PASSWORD 'secret'");

  const { host, port } = server;
  const { tap, proxy } = await through({ host, port, tls: { rejectUnauthorized: false } });
  const url = `postgres://app:secret@${proxy.host}:${proxy.port}/postgres?sslmode=disable`;
  const client = new pg.Client(url);
  await client.connect();
  const { rows } = await client.query('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
  expect(rows).toEqual([{ ssl: true }]);
  await client.end();
  if (has('psql', '--version')) await run('psql', ['-X', url, '-c', 'SELECT 1']);
  expect(tap.statements().length).toBeGreaterThan(0);
  expect(tap.opaqueSince(0)).toEqual([]);

  const open = new pg.Client(url);
  await open.connect();
  const broken = new Promise((resolve) => open.on('error', resolve));
  proxy.faults.cut();
  await broken;
  await expect.poll(async () => (await admin.query(BACKENDS)).rows).toEqual([]);
  await admin.end();
  await proxy.close();

  const strict = await through({ host, port, tls: {} });
  const untrusting = new pg.Client({ host: strict.proxy.host, port: strict.proxy.port });
  await expect(untrusting.connect()).rejects.toThrow();
  await strict.proxy.close();
});

test('a server without TLS, where it was asked for', async () => {
  const { host, port } = plain;
  const { proxy } = await through({ host, port, tls: {} });
  const client = new pg.Client({ host: proxy.host, port: proxy.port });
  await expect(client.connect()).rejects.toThrow('ECONNRESET');
  await proxy.close();
});
