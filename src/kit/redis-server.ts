import { NotAvailable } from '../core/failure.ts';
import type { Incidents } from './incidents.ts';

/** The server behind a world's Redis, which may crash like any other. */
export interface RedisServer {
  /**
   * SIGKILL, as a crash: the app's connections break, and until `start` new ones are refused
   * (ECONNREFUSED), whatever fault was on before. A lab whose Redis is `durable` finds its data again.
   *
   * Throws `NotAvailable` where the server is the user's.
   */
  kill(): Promise<void>;
  /** On the same address; settles once the app can connect. One that still runs is left as it is. */
  start(): Promise<void>;
}

export function createRedisServer(
  server: RedisServer | undefined,
  signal: AbortSignal,
  incidents: Incidents,
): RedisServer {
  // A check that ran out of time may still be at work; the server is then another check's.
  const told = async (
    kind: 'kill' | 'start',
    text: string,
    how: (server: RedisServer) => Promise<void>,
  ) => {
    signal.throwIfAborted();
    if (server === undefined)
      throw new NotAvailable('needs a Redis that labs starts itself, not one of yours');
    await incidents.during({ kind, target: 'Redis', text }, () => how(server));
  };
  return {
    kill: () => told('kill', 'its server killed (SIGKILL)', (running) => running.kill()),
    start: () => told('start', 'its server started', (killed) => killed.start()),
  };
}
