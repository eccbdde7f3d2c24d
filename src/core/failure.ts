import type { Exchange } from './exchange.ts';
import type { LogLine } from './log.ts';

/** What a failure shows beside its sentence. */
export type Evidence =
  | { kind: 'exchange'; exchange: Exchange }
  | { kind: 'statements'; title: string; statements: readonly string[] }
  | { kind: 'log'; source: string; lines: readonly LogLine[] }
  | { kind: 'text'; title: string; text: string };

/** A learner's failure: data, in words that say what to do next. */
export interface Failure {
  /** What was done: `POST /orders again with the same Idempotency-Key`. */
  action: string;
  expected: string;
  actual: string;
  evidence: readonly Evidence[];
  /** A hint for just this failure; it stands in for the check's own. */
  hint?: string;
}

/** Thrown by matchers and by the kit's clients; the run turns it into the verdict `failed`. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure';
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(`${failure.action}: expected ${failure.expected}, got ${failure.actual}`);
    this.failure = failure;
  }
}

/** Thrown by the kit where this run cannot do what a check asks; the verdict is then `skipped`. */
export class NotAvailable extends Error {
  override readonly name = 'NotAvailable';
}
