import { expect, test } from 'vitest';
import { ephemeralPorts, listeningPort } from '../../../src/network/ports.ts';

const tries = Array.from({ length: 1001 }, (_, n) => () => n / 1001);

test.for([
  ['Linux', 32_768, 60_999],
  ['the dynamic ports', 49_152, 65_535],
  ['a range that overlaps below', 15_000, 25_000],
  ['a range that overlaps above', 30_000, 60_000],
  ['a range within', 24_000, 26_000],
] as const)('%s: no port is ephemeral', ([, from, to]) => {
  for (const random of tries) {
    const port = listeningPort({ from, to }, random);
    expect(port).toBeGreaterThanOrEqual(20_000);
    expect(port).toBeLessThanOrEqual(32_000);
    expect(port < from || port > to).toBe(true);
  }
});

test('where all ports are ephemeral, one of them has to do', () => {
  expect(listeningPort({ from: 1024, to: 65_535 }, () => 0.5)).toBe(26_000);
});

test('this machine has ephemeral ports', async () => {
  const { from, to } = await ephemeralPorts();
  expect(from).toBeLessThan(to);
});
