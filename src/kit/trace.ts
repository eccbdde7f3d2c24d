import type { Exchange } from '../core/exchange.ts';

/** What one check did, in the order in which it began; failures draw their evidence from it. */
export interface Trace {
  readonly exchanges: readonly Exchange[];
  /** A number for the next exchange, unique in the run. */
  nextId(): number;
  record(exchange: Exchange): void;
  /** Milliseconds since the run began. */
  now(): number;
}

export function createTrace(nextId: () => number, now: () => number): Trace {
  const exchanges: Exchange[] = [];
  return { exchanges, nextId, now, record: (exchange) => exchanges.push(exchange) };
}
