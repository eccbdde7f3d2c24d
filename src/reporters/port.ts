import type { RunEvent } from '../core/event.ts';

/** Listens to a run and shows it to somebody. Nothing that it does may change a grade. */
export interface Reporter {
  /** What a note calls it: `terminal`, `json`. */
  readonly name: string;
  onEvent(event: RunEvent): void;
  /** There will be no report: why, for people, as an error says it. */
  onAbort?(reason: string): void;
  /** Called once, when no more events come, also after an abort: flush, and leave nothing behind. */
  finish?(): void | Promise<void>;
}
