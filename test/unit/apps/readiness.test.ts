import { once } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { waitForReadiness } from '../../../src/apps/docker/readiness.ts';
import type { Usage } from '../../../src/apps/docker/sandbox/usage.ts';
import type { ProcessSpec, RunningProcess } from '../../../src/apps/port.ts';
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

describe('in a sandbox', () => {
  const wait = (url: string, readyTimeoutMs: number, usage: () => Promise<Usage>) => {
    const running = { url: new URL(url).origin, exited: new Promise<never>(() => {}) };
    return waitForReadiness(
      running as Partial<RunningProcess> as RunningProcess,
      { readiness: '/healthz', readyTimeoutMs } as ProcessSpec,
      usage,
      new AbortController().signal,
    );
  };

  it('an app that is at work when its time is over has time to answer after it', async () => {
    let isUp = false;
    await using app = await serve((_, __, response) => {
      if (isUp) setTimeout(() => response.end(), 30);
      else response.writeHead(503).end();
    });
    let cpuSeconds = 0;
    const usage = async () => {
      isUp = true;
      cpuSeconds += 0.1;
      return { cpuSeconds, pids: 1 };
    };
    expect(await wait(app.url, 1_500, usage)).toBe('ready');
  });

  it('the last answer is told, though it came before a look at what the app uses', async () => {
    let isSilent = false;
    await using app = await serve((_, __, response) => {
      if (!isSilent) response.writeHead(503).end();
    });
    let cpuSeconds = 0;
    const usage = async () => {
      isSilent = true;
      // At work for one more look, then no more.
      cpuSeconds = Math.min(cpuSeconds + 0.1, 0.2);
      return { cpuSeconds, pids: 1 };
    };
    expect(await wait(app.url, 1_500, usage)).toEqual({ status: 503 });
  });
});
