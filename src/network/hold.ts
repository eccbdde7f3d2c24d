import { createServer } from 'node:net';
import { ephemeralPorts, listeningPort } from './ports.ts';

/** Keeps others from a port of 127.0.0.1, also while nobody listens there. */
export interface Hold {
  readonly port: number;
  release(): void;
}

/** Of loopback like 127.0.0.1, and nobody's; every run of labs holds its ports here. */
const ADDRESS = '127.76.66.83';
const TRIES = 100;

/**
 * Chooses a port that nobody holds, outside of what the kernel hands to outgoing connections.
 * @param random A number in [0, 1), as of `Math.random`.
 */
export async function holdAnyPort(random: () => number = Math.random): Promise<Hold> {
  const ephemeral = await ephemeralPorts();
  for (let tries = 0; tries < TRIES; tries++) {
    const hold = await holdPort(listeningPort(ephemeral, random));
    if (hold !== undefined) return hold;
  }
  throw new Error(`no free port found in ${TRIES} tries`);
}

/**
 * A listener at another address: the kernel then gives the port to no program that listens on all
 * addresses, and to no run of labs that asks here first. It is free again when this process ends,
 * however it does.
 *
 * Where there is no such address (macOS has 127.0.0.1 alone), nothing is held.
 *
 * @returns undefined where somebody holds it already, or listens on all addresses
 */
function holdPort(port: number): Promise<Hold | undefined> {
  return new Promise((resolve) => {
    const server = createServer((stray) => stray.resetAndDestroy());
    server.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'EADDRINUSE' ? undefined : { port, release: () => {} });
    });
    server.listen({ host: ADDRESS, port, exclusive: true }, () => {
      server.on('error', () => {});
      resolve({ port, release: () => void server.close() });
    });
  });
}
