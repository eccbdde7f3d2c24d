import { expect, it } from 'vitest';
import { AppStartError } from '../../../src/apps/port.ts';
import { startUnlessLost } from '../../../src/grading/world/start-unless-lost.ts';

const LOOK_MS = 5;
const never = new Promise<void>(() => {});
const silent = () => new AppStartError('silent', 'it said nothing', 'look', []);

it('waits for the app while all is there', async () => {
  let looks = 0;
  const up = Promise.withResolvers<void>();
  await startUnlessLost(
    up.promise,
    async () => {
      looks += 1;
      if (looks === 3) up.resolve();
      return undefined;
    },
    LOOK_MS,
  );
  expect(looks).toBe(3);
});

it('gives up once something is gone, though the app would still be waited for', async () => {
  await expect(startUnlessLost(never, async () => 'Postgres went away', LOOK_MS)).rejects.toThrow(
    expect.objectContaining({
      kind: 'environment',
      message: 'While the app started, Postgres went away.',
    }),
  );
});

it('blames what is gone where the app noticed first', async () => {
  const starting = Promise.reject(silent());
  await expect(startUnlessLost(starting, async () => 'Redis went away')).rejects.toThrow(
    expect.objectContaining({ kind: 'environment' }),
  );
});

it('blames the app where nothing is gone', async () => {
  await expect(startUnlessLost(Promise.reject(silent()), async () => undefined)).rejects.toThrow(
    AppStartError,
  );
});

it('looks no more once the app is up', async () => {
  let looks = 0;
  const look = async () => {
    looks += 1;
    return undefined;
  };
  await startUnlessLost(Promise.resolve(), look, 1);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(looks).toBe(0);
});
