import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { LabsError } from '../../../src/core/errors.ts';
import { isPending } from '../../../src/kit/trace.ts';
import { failureOf, sentenceOf } from './failure.ts';
import { answer, client, serve, serveBytes } from './server.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** A server that answers with what it was sent. */
async function echo(): Promise<string> {
  const server = createServer(async (request, response) => {
    const { method, url, headers } = request;
    const body = (await buffer(request)).toString('latin1');
    response.setHeader('Set-Cookie', ['a=1', 'b=2']);
    response.setHeader('X-Case', 'Kept');
    response.end(JSON.stringify({ method, url, headers, body }));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`;
}

describe('what is sent', () => {
  it.each(['get', 'post', 'put', 'patch', 'delete'] as const)('%s', async (method) => {
    const { http } = client(await echo());
    const { json } = await http[method]<Seen>('/tasks');
    expect(json).toMatchObject({ method: method.toUpperCase(), url: '/tasks', body: '' });
    expect(json.headers).toMatchObject({ accept: 'application/json', connection: 'close' });
    expect(json.headers['content-type']).toBeUndefined();
    expect(json.headers['accept-encoding']).toBeUndefined();
    expect(json.headers['user-agent']).toBeUndefined();
  });

  it('JSON, named so', async () => {
    const { http } = client(await echo());
    const { json } = await http.post<Seen>('/tasks', { json: { title: 'Tea ☕' } });
    expect(Buffer.from(json.body, 'latin1').toString()).toBe('{"title":"Tea ☕"}');
    expect(json.headers['content-type']).toBe('application/json');
  });

  it.each([null, false, 0, ''])('%j is JSON too', async (value) => {
    const { json } = await client(await echo()).http.post<Seen>('/', { json: value });
    expect(json.body).toBe(JSON.stringify(value));
  });

  it.each([
    ['a line break', 'Bearer a\nb', '"Bearer a\\nb", in which "\\n" cannot stand'],
    ['a character beyond Latin-1', 'Bearer €', '"Bearer €", in which "€" cannot stand'],
    ['one beyond 16 bits', '🍵', '"🍵", in which "🍵" cannot stand'],
    ['a zero', 'a\0', '"a\\u0000", in which "\\u0000" cannot stand'],
    ['no text', { token: 1 } as unknown as string, '{"token":1}'],
  ])('no header with %s: what the app gave cannot be sent', async (_, value, actual) => {
    const { http, trace } = client(await echo());
    const failure = await failureOf(() => http.get('/me', { headers: { Authorization: value } }));
    expect(failure).toMatchObject({
      action: 'GET /me with the header authorization',
      expected: 'a value that can stand in a header (RFC 9110, section 5.5)',
      actual,
      hint: expect.stringContaining('encodebytes'),
    });
    expect(trace.exchanges).toEqual([]);
  });

  it('a header with all that one may hold', async () => {
    const { http } = client(await echo());
    const value = 'a\tb ~\x80ÿ';
    const { json } = await http.get<Seen>('/', { headers: { 'X-All': value, 'X-None': '' } });
    expect(json.headers).toMatchObject({ 'x-all': value, 'x-none': '' });
  });

  it('a header of the check stands in for the usual one, however it is written', async () => {
    const { http } = client(await echo());
    const headers = { 'CONTENT-TYPE': 'application/merge-patch+json', Accept: '*/*' };
    const { json } = await http.patch<Seen>('/tasks', { json: {}, headers });
    expect(json.headers['content-type']).toBe('application/merge-patch+json');
    expect(json.headers.accept).toBe('*/*');
  });

  it('a body as it is, bytes and all', async () => {
    const { http } = client(await echo());
    const body = Buffer.from([0, 255, 10]);
    expect((await http.post<Seen>('/', { body })).json.body).toBe(body.toString('latin1'));
    expect((await http.post<Seen>('/', { body: '{"a":' })).json.body).toBe('{"a":');
  });

  it('a query is added to what the path has, and encoded', async () => {
    const { http } = client(await echo());
    const query = { tag: 'a b&c', limit: 5 };
    expect((await http.get<Seen>('/tasks?q=1', { query })).json.url).toBe(
      '/tasks?q=1&tag=a+b%26c&limit=5',
    );
  });

  it('a path without a query is left as it is', async () => {
    const { http } = client(await echo());
    expect((await http.get<Seen>('/tasks?limit=%zz&a=b%20c')).json.url).toBe(
      '/tasks?limit=%zz&a=b%20c',
    );
  });

  it('each request on a connection of its own', async () => {
    let connections = 0;
    const origin = await serve((socket) => {
      connections += 1;
      socket.once('data', () => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}'));
    });
    const { http } = client(origin);
    await http.get('/');
    await http.get('/');
    expect(connections).toBe(2);
  });

  it.each([
    [{ headers: { 'not a name': '' } }, 'GET'],
    [{}, 'GE T'],
  ])('what HTTP cannot carry is the grader’s fault: %j %s', async (options, method) => {
    const { http } = client(await echo());
    const error = await http.request(method, '/', options).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(LabsError);
    expect(error).toMatchObject({ kind: 'bug' });
  });
});

describe('where a request goes', () => {
  it('a whole URL of the app, such as its Location, is asked', async () => {
    const origin = await echo();
    expect((await client(origin).http.get<Seen>(`${origin}/tasks/1`)).json.url).toBe('/tasks/1');
  });

  it.each([
    ['another host', 'http://169.254.169.254/latest', 'a URL of http://169.254.169.254'],
    ['another port', 'http://127.0.0.1:9/', 'a URL of http://127.0.0.1:9'],
    ['another scheme', 'https://127.0.0.1/', 'a URL of https://127.0.0.1'],
    ['a host without a scheme', '//example.com/x', 'a URL of http://example.com'],
    ['backslashes', '\\\\example.com\\x', 'a URL of http://example.com'],
    ['a file', 'file:///etc/passwd', 'a URL of the scheme file:'],
    ['no URL', 'http://[', '"http://[", which is no URL'],
  ])('%s is not', async (_, path, named) => {
    const origin = await echo();
    const { http, trace } = client(origin);
    expect(await sentenceOf(() => http.get(path))).toBe(
      `GET ${path} → expected a path of the app, or a URL that begins with ${origin}, got ${named}`,
    );
    expect(trace.exchanges).toEqual([]);
  });

  it('not even with the app’s address as its user', async () => {
    const origin = await echo();
    const failure = await failureOf(() => client(origin).http.get(`${origin}@example.com/`));
    expect(failure.actual).toBe('a URL of http://example.com');
  });
});

describe('what comes back', () => {
  it('headers in lower case, found however they are written', async () => {
    const response = await client(await echo()).http.get('/');
    expect(response.headers).toContainEqual(['x-case', 'Kept']);
    expect(response.header('X-CASE')).toBe('Kept');
    expect(response.header('absent')).toBeUndefined();
  });

  it('a header of several lines is joined', async () => {
    const response = await client(await echo()).http.get('/');
    expect(response.header('set-cookie')).toBe('a=1, b=2');
  });

  it('a header that must be there and is not', async () => {
    const response = await client(await echo()).http.get('/tasks');
    expect(await sentenceOf(() => response.requiredHeader('ETag'))).toBe(
      'GET /tasks → expected the header ETag, got no such header',
    );
  });
});

describe('what is recorded', () => {
  it('the request, its answer, and what the check says of it', async () => {
    const { http, trace } = client(await serveBytes(answer('{"a":1}', 'X-A: b')));
    const { exchange } = await http.post('/tasks?a=1', { json: { title: 'x' }, note: 'again' });
    expect(trace.exchanges).toEqual([exchange]);
    expect(exchange).toMatchObject({
      id: 1,
      method: 'POST',
      url: expect.stringMatching(/^http:.*\/tasks\?a=1$/),
      note: 'again',
      requestHeaders: [
        ['accept', 'application/json'],
        ['content-type', 'application/json'],
      ],
      requestBody: { text: '{"title":"x"}', bytes: 13, truncated: false },
      response: { status: 200, body: { text: '{"a":1}', bytes: 7, truncated: false } },
      violations: [],
    });
    expect(exchange.durationMs).toBeGreaterThan(0);
  });

  it('failures name a request with its note', async () => {
    const { http } = client(await serve((socket) => socket.end()));
    const { action } = await failureOf(() => http.get('/tasks', { note: 'again' }));
    expect(action).toBe('GET /tasks (again)');
  });

  it('requests in the order in which they began', async () => {
    const origin = await serve((socket) => {
      socket.once('data', (head) => {
        const slow = String(head).startsWith('GET /slow');
        setTimeout(() => socket.end(answer('{}')), slow ? 100 : 0);
      });
    });
    const { http, trace } = client(origin);
    const slow = http.get('/slow');
    await http.get('/quick');
    expect(trace.exchanges.map(isPending)).toEqual([true, false]);
    await slow;
    expect(trace.exchanges.map(({ url }) => new URL(url).pathname)).toEqual(['/slow', '/quick']);
    expect(trace.exchanges.some(isPending)).toBe(false);
  });

  it('of a long body its first 16 KiB, never half a character', async () => {
    const body = `a${'é'.repeat(20_000)}`;
    const { exchange, text } = await client(await serveBytes(answer(body))).http.get('/');
    expect(text).toBe(body);
    const excerpt = exchange.response!.body;
    expect(excerpt).toMatchObject({ bytes: 40_001, truncated: true });
    expect(body.startsWith(excerpt.text)).toBe(true);
    expect(excerpt.text.length).toBeGreaterThan(8_000);
  });

  it('of bytes that are no text, hexadecimal', async () => {
    const { exchange } = await client(await serveBytes(answer(Buffer.from([0xff, 0xfe])))).http.get(
      '/',
    );
    expect(exchange.response?.body).toEqual({ text: 'fffe', bytes: 2, truncated: false });
  });

  it('of many such bytes the first 256', async () => {
    const body = Buffer.alloc(300, 0xff);
    const { exchange } = await client(await serveBytes(answer(body))).http.get('/');
    expect(exchange.response?.body).toEqual({
      text: 'ff'.repeat(256),
      bytes: 300,
      truncated: true,
    });
  });

  it('what breaks the contract, as the contract says', async () => {
    const violation = { at: 'status', expected: '201', actual: '200' };
    const asked: unknown[] = [];
    const contract = {
      violations: (response: unknown) => {
        asked.push(response);
        return [violation];
      },
    };
    const { http } = client(await serveBytes(answer('{}')), { contract });
    const { exchange } = await http.post('/tasks?a=1');
    expect(exchange.violations).toEqual([violation]);
    expect(asked).toMatchObject([{ method: 'POST', path: '/tasks', status: 200 }]);
  });

  it('a fault in the contract is not the learner’s', async () => {
    const contract = {
      violations: () => {
        throw new TypeError('the contract is broken');
      },
    };
    const { http } = client(await serveBytes(answer('{}')), { contract });
    await expect(http.get('/')).rejects.toThrow(TypeError);
  });
});

describe('when the check is over', () => {
  it('a request under way ends with its reason', async () => {
    const over = new AbortController();
    const reason = new Error('over');
    const { http, trace } = client(await serve(() => over.abort(reason)), { signal: over.signal });
    await expect(http.get('/')).rejects.toBe(reason);
    expect(trace.exchanges.map(isPending)).toEqual([true]);
  });

  it('no further one is sent', async () => {
    let connections = 0;
    const origin = await serve(() => {
      connections += 1;
    });
    const { http } = client(origin, { signal: AbortSignal.abort(new Error('over')) });
    await expect(http.get('/')).rejects.toThrow('over');
    expect(connections).toBe(0);
  });
});
