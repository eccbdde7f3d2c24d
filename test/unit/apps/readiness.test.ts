import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { waitUntilReady } from '../../../src/apps/readiness.ts';

/** Answers as `listener` does, which is told how many requests there have been. */
async function serve(listener: (count: number, ...rest: Parameters<RequestListener>) => void) {
  let count = 0;
  const server = createServer((...rest) => listener(++count, ...rest)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const end = async () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/healthz`, [Symbol.asyncDispose]: end };
}

it('asks until the answer is 200', async () => {
  await using app = await serve((count, _, response) => {
    response.writeHead(count < 3 ? 503 : 200).end();
  });
  expect(await waitUntilReady(app.url, new AbortController().signal)).toBe('ready');
});

it('tells the last answer, though the time was over in the middle of a later request', async () => {
  const over = new AbortController();
  await using app = await serve((count, _, response) => {
    if (count === 1) response.writeHead(503).end();
    else over.abort();
  });
  expect(await waitUntilReady(app.url, over.signal)).toEqual({ status: 503 });
});

it('tells that there was none', async () => {
  const over = new AbortController();
  await using app = await serve(() => over.abort());
  expect(await waitUntilReady(app.url, over.signal)).toHaveProperty('error');
});
