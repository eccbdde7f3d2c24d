import type { Exchange } from '../core/exchange.ts';
import { createIncidents, type Incidents } from './incidents.ts';

/** What one check did, in the order in which it began; failures draw their evidence from it. */
export interface Trace {
  readonly exchanges: readonly Exchange[];
  readonly incidents: Incidents;
  /** A number for the next exchange, unique in the run. */
  nextId(): number;
  /** Puts a request on record; what comes back puts its outcome there. */
  begin(request: Request): (outcome: Exchange) => void;
  /** Milliseconds since the run began. */
  now(): number;
}

type Request = Omit<Exchange, 'durationMs' | 'violations' | 'response' | 'error'>;

const PENDING = 'pending';

export function createTrace(nextId: () => number, now: () => number): Trace {
  const exchanges: Exchange[] = [];
  return {
    exchanges,
    incidents: createIncidents(now),
    nextId,
    now,
    begin: (request) => {
      const error = { code: PENDING, message: 'no answer yet' };
      const place = exchanges.push({ ...request, durationMs: 0, error, violations: [] }) - 1;
      return (outcome) => {
        exchanges[place] = outcome;
      };
    },
  };
}

/** True while neither an answer nor its absence is known. */
export function isPending(exchange: Exchange): boolean {
  return exchange.error?.code === PENDING;
}
