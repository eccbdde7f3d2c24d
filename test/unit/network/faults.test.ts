import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningProxy, startProxy } from '../../../src/network/proxy.ts';
import type { TapFactory } from '../../../src/network/tap.ts';

const noTap: TapFactory = {
  open: () => ({ fromClient() {}, fromUpstream() {}, ended() {} }),
};

/** Says back what it hears. */
let echo: Server;
let echoSockets: Set<Socket>;
let upstream: { host: string; port: number };
let proxy: RunningProxy;
let clients: Socket[];

beforeEach(async () => {
  clients = [];
  echoSockets = new Set();
  echo = createServer({ allowHalfOpen: true }, (socket) => {
    echoSockets.add(socket);
    socket.on('error', () => {}).on('close', () => echoSockets.delete(socket));
    socket.pipe(socket);
  });
  await once(echo.listen(0, '127.0.0.1'), 'listening');
  upstream = { host: '127.0.0.1', port: (echo.address() as { port: number }).port };
  proxy = await startProxy({ name: 'echo', upstream, tap: noTap });
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await proxy.close();
  for (const socket of echoSockets) socket.destroy();
  echo.close();
});

async function open(): Promise<Socket> {
  const socket = connect({ host: proxy.host, port: proxy.port, allowHalfOpen: true });
  clients.push(socket);
  await once(socket, 'connect');
  return socket;
}

/** Connected all the way through. */
async function openThrough(): Promise<Socket> {
  const socket = await open();
  expect(await say(socket, 'hello')).toBe('hello');
  return socket;
}

async function say(socket: Socket, text: string): Promise<string> {
  let heard = '';
  socket.write(text);
  while (heard.length < text.length) heard += (await once(socket, 'data'))[0];
  return heard;
}

const codeOf = (attempt: Promise<unknown>) =>
  attempt.then(
    () => 'fine',
    (error) => error.code as string,
  );

/** How a connection ends: an error's code, or 'end'. */
const ending = (socket: Socket) =>
  new Promise<string>((resolve) => {
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.once('end', () => resolve('end'));
  });

test('bytes and ends pass, each direction by itself', async () => {
  const socket = await openThrough();
  const big = Buffer.alloc(5_000_000, 'abc');
  socket.end(big);
  const heard: Buffer[] = [];
  for await (const chunk of socket) heard.push(chunk as Buffer);
  expect(Buffer.concat(heard).equals(big)).toBe(true);
  await expect.poll(() => proxy.connections).toBe(0);
});

test('a client that does not read makes the server wait', async () => {
  let sent = 0;
  const chunk = Buffer.alloc(64 * 1024);
  const source = createServer((socket) => {
    socket.on('error', () => {});
    const more = () => {
      while (sent < 1e9 && socket.write(chunk)) sent += chunk.length;
    };
    socket.on('drain', more);
    more();
  });
  await once(source.listen(0, '127.0.0.1'), 'listening');
  const port = (source.address() as { port: number }).port;
  await using slow = await startProxy({
    name: 'source',
    upstream: { host: '127.0.0.1', port },
    tap: noTap,
  });
  const socket = connect(slow.port, slow.host).pause();
  clients.push(socket);
  let before = -1;
  // Until a while passes without progress, all buffers are full.
  while (before !== sent || sent === 0) {
    before = sent;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect(sent).toBeLessThan(50_000_000);
  source.close();
});

test('where the server is not there, the client is reset', async () => {
  await using dead = await startProxy({
    name: 'dead',
    upstream: { host: '127.0.0.1', port: 1 },
    tap: noTap,
  });
  const socket = connect(dead.port, dead.host);
  expect(await ending(socket)).toBe('ECONNRESET');
  await expect.poll(() => dead.connections).toBe(0);
});

describe('cut', () => {
  test('resets what is open and refuses what comes, until restore', async () => {
    const socket = await openThrough();
    const end = ending(socket);
    proxy.faults.cut();
    expect(proxy.faults.active).toBe('cut');
    expect(await codeOf(open())).toBe('ECONNREFUSED');
    expect(await end).toBe('ECONNRESET');
    expect(proxy.connections).toBe(0);
    const { port } = proxy;
    await proxy.faults.restore();
    expect(proxy.port).toBe(port);
    await openThrough();
  });

  test('takes what is only half connected', async () => {
    const attempts = Array.from({ length: 20 }, async () => {
      const socket = await open();
      return ending(socket);
    });
    await once(echo, 'connection');
    proxy.faults.cut();
    const ends = await Promise.all(attempts.map((attempt) => attempt.catch((error) => error.code)));
    for (const end of ends) expect(['ECONNRESET', 'ECONNREFUSED']).toContain(end);
    await expect.poll(() => echoSockets.size).toBe(0);
  });

  test('a hundred times in a row', async () => {
    for (let round = 0; round < 100; round++) {
      const socket = await openThrough();
      const end = ending(socket);
      proxy.faults.cut();
      expect(await codeOf(open())).toBe('ECONNREFUSED');
      expect(await end).toBe('ECONNRESET');
      await proxy.faults.restore();
    }
    await openThrough();
    expect(proxy.connections).toBe(1);
  });

  test('overtakes a restore', async () => {
    proxy.faults.cut();
    const restored = proxy.faults.restore();
    proxy.faults.cut();
    await restored;
    expect(await codeOf(open())).toBe('ECONNREFUSED');
    await Promise.all([proxy.faults.restore(), proxy.faults.restore()]);
    await openThrough();
  });

  test('overtakes a restore that another follows', async () => {
    proxy.faults.cut();
    const first = proxy.faults.restore();
    proxy.faults.cut();
    const second = proxy.faults.restore();
    await Promise.all([first, second]);
    await openThrough();
  });

  test('a port taken meanwhile is named', async () => {
    proxy.faults.cut();
    const thief = createServer();
    await once(thief.listen(proxy.port, proxy.host), 'listening');
    await expect(proxy.faults.restore()).rejects.toThrow(
      `the echo proxy cannot listen on 127.0.0.1:${proxy.port} again`,
    );
    expect(proxy.faults.active).toBe('cut');
    await new Promise((resolve) => thief.close(resolve));
    await proxy.faults.restore();
    await openThrough();
  });
});

test('refuse leaves open connections alone', async () => {
  const socket = await openThrough();
  proxy.faults.refuse();
  expect(await codeOf(open())).toBe('ECONNREFUSED');
  expect(await say(socket, 'still here')).toBe('still here');
  await proxy.faults.restore();
  expect(await say(socket, 'still here')).toBe('still here');
  await openThrough();
});

test('reset ends what is open, once', async () => {
  const ends = (await Promise.all([openThrough(), openThrough()])).map(ending);
  proxy.faults.reset();
  expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET']);
  await expect.poll(() => echoSockets.size).toBe(0);
  await openThrough();
});

describe('delay', () => {
  test('each direction waits, and order is kept', async () => {
    const socket = await openThrough();
    proxy.faults.delay(50);
    const started = performance.now();
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk;
    });
    let said = '';
    for (let n = 0; n < 100; n++) {
      said += `${n},`;
      socket.write(`${n},`);
      if (n % 10 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await expect.poll(() => heard.length, { interval: 1 }).toBe(said.length);
    const took = performance.now() - started;
    expect(heard).toBe(said);
    expect(took).toBeGreaterThanOrEqual(100);
    // Latency, not throughput: a hundred chunks in a row would take ten seconds.
    expect(took).toBeLessThan(8_000);
  });

  test.for(['upstream', 'downstream'] as const)(
    'only %s, the other way is as ever',
    async (only) => {
      const socket = await openThrough();
      const [server] = [...echoSockets];
      const arrived = once(server!, 'data').then(() => performance.now());
      proxy.faults.delay(200, { only });
      const started = performance.now();
      expect(await say(socket, 'there and back')).toBe('there and back');
      const there = (await arrived) - started;
      const back = performance.now() - started - there;
      const [slow, quick] = only === 'upstream' ? [there, back] : [back, there];
      expect(slow).toBeGreaterThanOrEqual(199);
      expect(quick).toBeLessThan(slow);
    },
  );

  test('holds an end, too', async () => {
    const socket = await openThrough();
    proxy.faults.delay(50);
    const started = performance.now();
    socket.resume().end('bye');
    await once(socket, 'end');
    expect(performance.now() - started).toBeGreaterThanOrEqual(100);
  });

  test('is over at restore, also for what is held', async () => {
    const socket = await openThrough();
    proxy.faults.delay(600_000);
    const answer = say(socket, 'hurry');
    await new Promise((resolve) => setImmediate(resolve));
    await proxy.faults.restore();
    expect(await answer).toBe('hurry');
  });

  test('refuses what is no delay', () => {
    expect(() => proxy.faults.delay(-1)).toThrow(RangeError);
    expect(() => proxy.faults.delay(Number.NaN, { only: 'upstream' })).toThrow(RangeError);
    proxy.faults.refuse();
    expect(() => proxy.faults.delay(1)).toThrow('restore() first');
  });
});

describe('blackhole', () => {
  test('connections are accepted and nothing passes, until restore resets them', async () => {
    const before = await openThrough();
    const [server] = echoSockets;
    proxy.faults.blackhole();
    const after = await open();
    let heard = 0;
    for (const socket of [before, after]) {
      socket.on('data', () => heard++);
      socket.write('anyone?');
    }
    // A server's own words, and its end, have all the time that another connection's way there and back takes.
    server?.end('from the server');
    const ends = [before, after].map(ending);
    await using healthy = await startProxy({ name: 'healthy', upstream, tap: noTap });
    for (let round = 0; round < 50; round++) {
      const socket = connect(healthy.port, healthy.host);
      await say(socket, 'hello');
      socket.destroy();
    }
    expect(heard).toBe(0);
    expect(proxy.connections).toBe(2);
    await proxy.faults.restore();
    expect(await Promise.all(ends)).toEqual(['ECONNRESET', 'ECONNRESET']);
    expect(heard).toBe(0);
    await expect.poll(() => proxy.connections).toBe(0);
    await openThrough();
  });

  test('the server does not learn that a client is gone', async () => {
    const socket = await openThrough();
    proxy.faults.blackhole();
    socket.resetAndDestroy();
    await expect.poll(() => proxy.connections).toBe(0);
    expect(echoSockets.size).toBe(1);
    await proxy.faults.restore();
    await expect.poll(() => echoSockets.size).toBe(0);
  });

  test('ends for a delay, without its connections', async () => {
    const socket = await openThrough();
    proxy.faults.blackhole();
    const end = ending(socket);
    proxy.faults.delay(1);
    expect(await end).toBe('ECONNRESET');
    await openThrough();
  });
});

describe('close', () => {
  test.for(['none', 'cut', 'refuse', 'delay', 'blackhole'] as const)(
    'under %s, leaves nothing behind',
    async (fault) => {
      const handles = () => process.getActiveResourcesInfo().filter((name) => /TCP/.test(name));
      const own = await startProxy({ name: 'own', upstream, tap: noTap });
      const sockets = Array.from({ length: 5 }, () => connect(own.port, own.host));
      for (const socket of sockets) await say(socket, 'hello');
      for (const socket of sockets) socket.on('error', () => {});
      if (fault === 'delay') own.faults.delay(600_000);
      else if (fault !== 'none') own.faults[fault]();
      for (const socket of sockets) socket.write('more');
      await own.close();
      expect(own.connections).toBe(0);
      await expect.poll(() => sockets.every((socket) => socket.destroyed)).toBe(true);
      await expect.poll(() => echoSockets.size).toBe(0);
      // The echo server, and the proxy of the other tests with its hold on its port.
      await expect.poll(() => handles().length).toBe(3);
      await expect(own.faults.restore()).rejects.toThrow('closed');
    },
  );
});
