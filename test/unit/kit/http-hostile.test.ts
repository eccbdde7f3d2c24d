import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { failureOf, sentenceOf } from './failure.ts';
import { answer, client, flood, serve, serveBytes } from './server.ts';

const MIB = 1 << 20;
/** Beside the client's own deadline: what a busy machine may add to what else would never end. */
const SLACK_MS = 20_000;

const CLOSED =
  'GET /x → expected a whole answer, got the connection was closed before the answer was complete';
const LATE = 'GET /x → expected a whole answer within 0.4 s, got none by then';
const LONG_HEADERS = 'GET /x → expected headers of at most 32 KiB, got more';
const LONG_BODY = 'GET /x → expected a body of at most 16 MiB, got a larger one';
const MALFORMED = 'GET /x → expected a well-formed HTTP answer, got Response does not match';

const drip = (socket: Socket) => {
  const timer = setInterval(() => socket.write('a'), 20);
  socket.on('close', () => clearInterval(timer));
};
const afterRequest = (talk: (socket: Socket) => void) =>
  serve((socket) => {
    socket.once('data', () => talk(socket));
  });
const startThen = (head: string, talk: (socket: Socket) => void) =>
  afterRequest((socket) => {
    socket.write(head);
    talk(socket);
  });
const CHUNKED = 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n';

describe('an app that answers badly fails the check, in time and in words', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['never answers', () => serve(() => {}), LATE],
    ['one byte of a header at a time', () => startThen('HTTP/1.1 200 OK\r\nx-slow: ', drip), LATE],
    [
      'one byte of the body at a time',
      () => startThen('HTTP/1.1 200 OK\r\ncontent-length: 1000000\r\n\r\n', drip),
      LATE,
    ],
    [
      '103 Early Hints without end',
      () => serve((socket) => flood(socket, 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(100))),
      LATE,
    ],
    [
      'a chunk extension without end',
      () => startThen(`${CHUNKED}1;`, (socket) => flood(socket, 'a'.repeat(1 << 16))),
      LATE,
    ],
    [
      'headers without end',
      () =>
        startThen('HTTP/1.1 200 OK\r\n', (socket) =>
          flood(socket, 'x-more: and more\r\n'.repeat(100)),
        ),
      LONG_HEADERS,
    ],
    [
      '1 MB of headers',
      () => serveBytes(`HTTP/1.1 200 OK\r\nx-long: ${'a'.repeat(MIB)}\r\n\r\n`),
      LONG_HEADERS,
    ],
    [
      'trailers without end',
      () =>
        startThen(`${CHUNKED}0\r\n`, (socket) => flood(socket, 'x-more: and more\r\n'.repeat(100))),
      LONG_HEADERS,
    ],
    [
      'a body without end',
      () => startThen('HTTP/1.1 200 OK\r\n\r\n', (socket) => flood(socket, 'a'.repeat(1 << 16))),
      LONG_BODY,
    ],
    [
      'chunks without end',
      () => startThen(CHUNKED, (socket) => flood(socket, `10000\r\n${'a'.repeat(1 << 16)}\r\n`)),
      LONG_BODY,
    ],
    ['a body of 17 MiB', () => serveBytes(answer(Buffer.alloc(17 * MIB))), LONG_BODY],
    [
      'Content-Length and Transfer-Encoding together',
      () =>
        serveBytes(CHUNKED.replace('\r\n', '\r\ncontent-length: 5\r\n'), '2\r\n{}\r\n0\r\n\r\n'),
      'GET /x → expected a body as long as Content-Length says, got another length',
    ],
    [
      'a 100 that nobody asked for',
      () => serveBytes('HTTP/1.1 100 Continue\r\n\r\n', answer('{}')),
      'GET /x → expected an answer to this request, got status 100 or 101, which the request did not ask for',
    ],
    [
      'an upgrade that nobody asked for',
      () =>
        serveBytes('HTTP/1.1 101 Switching Protocols\r\nupgrade: a\r\nconnection: upgrade\r\n\r\n'),
      'GET /x → expected an answer to this request, got status 100 or 101, which the request did not ask for',
    ],
    ['another protocol', () => serveBytes('SSH-2.0-OpenSSH_9.2\r\n'), MALFORMED],
    ['a NUL in a header', () => serveBytes('HTTP/1.1 200 OK\r\nx: a\0b\r\n\r\n'), MALFORMED],
    ['closes at once', () => serve((socket) => socket.end()), CLOSED],
    ['resets at once', () => serve((socket) => socket.resetAndDestroy()), CLOSED],
    ['closes when asked', () => afterRequest((socket) => socket.end()), CLOSED],
    [
      'closes inside the body',
      () => startThen('HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{', (socket) => socket.end()),
      CLOSED,
    ],
    [
      'closes between chunks',
      () => startThen(`${CHUNKED}1\r\n{\r\n`, (socket) => socket.end()),
      CLOSED,
    ],
  ])('%s', async (_, start, sentence) => {
    // A bound must be met before the deadline is, on a busy machine too.
    const timeoutMs = sentence === LATE ? 400 : 10_000;
    const { http, trace } = client(await start(), { limits: { timeoutMs } });
    const startedAt = performance.now();
    expect(await sentenceOf(() => http.get('/x'))).toContain(sentence);
    expect(performance.now() - startedAt).toBeLessThan(timeoutMs + SLACK_MS);
    expect(trace.exchanges).toHaveLength(1);
    expect(trace.exchanges[0]).toMatchObject({ method: 'GET', error: {}, violations: [] });
  });

  it('nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((listening) => server.once('listening', listening));
    const { port } = server.address() as { port: number };
    await new Promise((closed) => server.close(closed));
    const failure = await failureOf(() => client(`http://127.0.0.1:${port}`).http.get('/x'));
    expect(failure.actual).toBe('connection refused: nothing listens on PORT any more');
    expect(failure.evidence).toHaveLength(1);
  });

  it('the deadline of one request goes before that of all', async () => {
    const { http } = client(await serve(() => {}), { limits: { timeoutMs: 60_000 } });
    expect(await sentenceOf(() => http.get('/x', { timeoutMs: 50 }))).toContain('within 0.05 s');
  });

  it('leaves no socket and no timer behind', async () => {
    for (const origin of [
      // It reads: an end that nobody reads is never seen.
      await serve((socket) => socket.resume()),
      await serveBytes('HTTP/1.1 200 OK\r\n'),
      await startThen('HTTP/1.1 200 OK\r\n\r\n', (socket) => flood(socket, 'a'.repeat(1 << 16))),
      // It never closes its side.
      await serveBytes('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'),
    ])
      await client(origin, { limits: { timeoutMs: 100 } })
        .http.get('/x')
        .catch(() => {});
    const open = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
    // Both ends are in this process: where ours has gone, the server's hears of it.
    await expect.poll(open).toBe(0);
  });
});

describe('an odd answer is taken as it is', () => {
  it.each([301, 302, 307, 308])('%i is not followed', async (status) => {
    let asked = 0;
    const origin = await serve((socket) => {
      asked += 1;
      socket.write(
        `HTTP/1.1 ${status} Moved\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n`,
      );
    });
    const response = await client(origin).http.get('/x');
    expect(response.status).toBe(status);
    expect(response.header('Location')).toBe('http://169.254.169.254/');
    expect(asked).toBe(1);
  });

  it('interim answers before the final one are passed over', async () => {
    const origin = await serveBytes('HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n', answer('{}'));
    expect((await client(origin).http.get('/x')).json).toEqual({});
  });

  it('a compressed body is not inflated, whatever is in it', async () => {
    const bomb = gzipSync(Buffer.alloc(32 * MIB));
    const origin = await serveBytes(answer(bomb, 'content-encoding: gzip'));
    const response = await client(origin).http.get('/x');
    expect(response.bytes).toEqual(bomb);
    expect(await sentenceOf(() => response.json)).toBe(
      'GET /x → expected a JSON body, got status 200 with a body in the encoding "gzip", which the request does not accept',
    );
  });

  it('an answer before the request is read is an answer', async () => {
    const early = createServer((_, response) => {
      response.writeHead(413, { connection: 'close' }).end('{"title":"too large"}');
    });
    await new Promise<void>((listening) => early.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void early.close());
    const { port } = early.address() as { port: number };
    const { http } = client(`http://127.0.0.1:${port}`, { limits: { timeoutMs: 5_000 } });
    for (let i = 0; i < 5; i += 1) {
      const response = await http.post('/x', { body: Buffer.alloc(8 * MIB) });
      expect(response.status).toBe(413);
      expect(response.json).toEqual({ title: 'too large' });
    }
  });

  it('an answer before the request is read, on a connection that stays open', async () => {
    const origin = await afterRequest((socket) => {
      socket.pause();
      socket.write('HTTP/1.1 413 Too Large\r\ncontent-length: 2\r\n\r\n{}');
    });
    const response = await client(origin).http.post('/x', { body: Buffer.alloc(8 * MIB) });
    expect(response.status).toBe(413);
  });
});

describe('JSON that is hostile', () => {
  const read = async (body: string | Buffer) =>
    (await client(await serveBytes(answer(body))).http.get('/x')).json;

  it('nested 100,000 deep fails the check', async () => {
    for (const deep of ['['.repeat(100_000), '{"a":'.repeat(100_000), '[{"a":'.repeat(50_000)])
      expect(await sentenceOf(() => read(deep))).toBe(
        'GET /x → expected JSON at most 500 levels deep, got deeper nesting',
      );
  });

  it('brackets in strings do not nest', async () => {
    const text = `"\\"${'['.repeat(1_000)}\\\\`;
    expect(await read(`{"a": ${text}"}`)).toEqual({ a: JSON.parse(`${text}"`) });
  });

  it('many levels one after another are not deep', async () => {
    expect(await read(`[${Array(1_000).fill('[]').join()}]`)).toHaveLength(1_000);
  });

  it('a __proto__ member is a member like any other', async () => {
    const body = await read('{"__proto__": {"admin": true}}');
    expect(body.admin).toBeUndefined();
    expect(Object.keys(body)).toEqual(['__proto__']);
  });

  it('1e400 is more than a number holds', async () => {
    expect((await read('{"a": 1e400}')).a).toBe(Infinity);
  });

  it('of two equal names the last counts', async () => {
    expect(await read('{"a": 1, "a": 2}')).toEqual({ a: 2 });
  });

  it('a lone surrogate stays', async () => {
    expect(await read('{"a": "\\ud800"}')).toEqual({ a: '\ud800' });
  });

  it('bytes of another charset are not guessed at', async () => {
    expect(await read(Buffer.from('{"a": "é"}', 'latin1'))).toEqual({ a: '\ufffd' });
  });

  it.each([
    ['a byte order mark', '\ufeff{}', 'a body that begins with a byte order mark'],
    ['nothing', '', 'an empty body'],
    ['HTML', '<h1>Error</h1>', 'the body "<h1>Error</h1>"'],
    ['text that cannot be seen', '\u200b{}', String.raw`the body "\u200b{}"`],
  ])('%s is no JSON', async (_, body, named) => {
    expect(await sentenceOf(() => read(body))).toBe(
      `GET /x → expected a JSON body, got status 200 with ${named}`,
    );
  });
});
