import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { Door } from '../../../src/network/door.ts';

/** Picks one port, and then others. */
const pickedFirst = (first: number) => {
  const picks = [first];
  return () => picks.shift() ?? Math.random();
};

async function opened(random?: () => number) {
  const door = new Door('127.0.0.1', (client) => client.resetAndDestroy());
  await door.openAnywhere(random);
  return { door, [Symbol.asyncDispose]: async () => door.close() };
}

/** An error's code, or `listens`. */
async function listen(port: number, host: string): Promise<string> {
  const server = createServer();
  try {
    await once(server.listen({ port, host, exclusive: true }), 'listening');
    await new Promise((resolve) => server.close(resolve));
    return 'listens';
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? '';
  }
}

// Elsewhere there may be no other address of loopback, and nothing is held.
const linux = test.runIf(process.platform === 'linux');

linux('while it is shut, no other door takes its port', async () => {
  const place = Math.random();
  await using first = await opened(pickedFirst(place));
  first.door.shut();
  await using second = await opened(pickedFirst(place));
  expect(second.door.port).not.toBe(first.door.port);
  await first.door.open();
});

linux('while it is shut, no other program listens there on all addresses', async () => {
  await using shut = await opened();
  const { door } = shut;
  door.shut();
  for (const host of ['0.0.0.0', '::']) expect(await listen(door.port, host)).toBe('EADDRINUSE');
  await door.open();
  expect(await listen(door.port, '127.0.0.1')).toBe('EADDRINUSE');
});

test('gives its port back at the end, open or shut', async () => {
  for (const shuts of [false, true]) {
    const { door } = await opened();
    if (shuts) door.shut();
    door.close();
    door.close();
    for (const host of ['127.0.0.1', '0.0.0.0'])
      await expect.poll(() => listen(door.port, host)).toBe('listens');
  }
});
