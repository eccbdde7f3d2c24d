import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { keepCoresBusy } from '../../../src/authoring/cpu-load.ts';

const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};

it('keeps cores busy until it is disposed of', async () => {
  const load = keepCoresBusy(2);
  // Of a busy machine two threads may get little: it is waited for, not timed.
  const enough = cpuMs() + 600;
  await expect.poll(cpuMs, { timeout: 20_000 }).toBeGreaterThan(enough);
  await load[Symbol.asyncDispose]();
  const ended = cpuMs();
  await sleep(300);
  expect(cpuMs() - ended).toBeLessThan(150);
});
