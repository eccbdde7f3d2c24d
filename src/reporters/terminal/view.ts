import type { RunEvent } from '../../core/event.ts';

/** What is shown while a run goes on. */
export interface View {
  onEvent(event: RunEvent): void;
  /** Leaves only what is permanent; may be called again. */
  close(): void;
}
