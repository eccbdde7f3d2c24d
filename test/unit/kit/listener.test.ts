import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { NotAvailable } from '../../../src/core/failure.ts';
import { createListen } from '../../../src/kit/listener.ts';

function setup() {
  const check = new AbortController();
  let shut = false;
  const reach = async (server: { host: string; port: number }) => ({
    ...server,
    shut: () => {
      shut = true;
    },
  });
  return { check, listen: createListen(reach, check.signal), isShut: () => shut };
}

describe('a listener', () => {
  it('tells what came to it, and answers what it was given', async () => {
    const { check, listen } = setup();
    const { origin, calls } = await listen({ '/keys.json': { keys: [] }, '/key.pem': 'PEM' });
    expect(calls).toEqual([]);
    const json = await fetch(`${origin}/keys.json?kid=1`);
    expect(await json.json()).toEqual({ keys: [] });
    const text = await fetch(`${origin}/key.pem`);
    expect(await text.text()).toBe('PEM');
    expect((await fetch(`${origin}/else`)).status).toBe(404);
    expect(calls.filter((call) => call !== 'a connection')).toEqual([
      'GET /keys.json?kid=1',
      'GET /key.pem',
      'GET /else',
    ]);
    check.abort();
  });

  it('hears of a connection on which no request came', async () => {
    const { check, listen } = setup();
    const { origin, calls } = await listen({});
    const socket = connect(Number(new URL(origin).port), '127.0.0.1');
    await once(socket, 'connect');
    await expect.poll(() => calls).toEqual(['a connection']);
    socket.destroy();
    check.abort();
  });

  it('keeps so many calls and so much of them, and fails who reads more', async () => {
    const { check, listen } = setup();
    const listener = await listen({});
    const call = `GET /${'x'.repeat(15_000)} HTTP/1.1\r\nHost: a\r\n\r\n`;
    const socket = connect(Number(new URL(listener.origin).port), '127.0.0.1');
    let answered = 0;
    socket.setEncoding('latin1').on('data', (text: string) => {
      answered += text.split('HTTP/1.1 404').length - 1;
    });
    socket.write(call.repeat(1_000));
    await expect.poll(() => answered).toBe(1_000);
    expect(listener.calls).toHaveLength(1_000);
    expect(listener.calls.at(-1)).toBe(`GET /${'x'.repeat(1_995)}…`);
    socket.write(call);
    await expect.poll(() => answered).toBe(1_001);
    expect(() => listener.calls).toThrow(
      /the grader’s server no more than 1,000 times in a check, got 1,001 calls/,
    );
    socket.destroy();
    check.abort();
  });

  it('ends with the check, and its route with it', async () => {
    const { check, listen, isShut } = setup();
    const { origin } = await listen({});
    check.abort();
    await expect(fetch(origin)).rejects.toThrow();
    expect(isShut()).toBe(true);
    await expect(listen({})).rejects.toThrow();
  });

  it('is not to be had for a server that is not ours', async () => {
    const listen = createListen(undefined, new AbortController().signal);
    await expect(listen({})).rejects.toThrow(NotAvailable);
  });
});
