import type { Exchange } from './exchange.ts';

/**
 * What a check sent, what it did to the app and its services, and what befell the app meanwhile, in
 * the order in which each began. Bounded: what was left out is counted.
 */
export interface Timeline {
  /** Their bodies are cut shorter than in the evidence of a failure. */
  exchanges: readonly Exchange[];
  /** Requests that would stand between the first 20 and the last 40. */
  exchangesLeftOut: number;
  incidents: readonly Incident[];
  /** Incidents after the last one that is listed. */
  incidentsLeftOut: number;
}

export type IncidentKind =
  /** On the way to a service: see `Faults`. */
  | 'cut'
  | 'refuse'
  | 'delay'
  | 'blackhole'
  | 'reset'
  /** What the check does to a process or to a server. */
  | 'kill'
  | 'terminate'
  | 'pause'
  | 'start'
  /** A process ended that nobody had told to. */
  | 'exit';

/** Something that was done to the app or to a service, or that befell the app. */
export interface Incident {
  kind: IncidentKind;
  /** A process (`web.1`), or a service (`Postgres`). */
  target: string;
  /** The one process that feels it, where others do not. */
  process?: string;
  /** `connections cut, new ones refused` */
  text: string;
  /** Milliseconds since the run began. */
  startedAt: number;
  /** Milliseconds until it was over; absent where it took but a moment. */
  durationMs?: number;
}
