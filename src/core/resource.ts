/**
 * Something that is set up and must be undone. Its teardown is registered before its setup runs, so
 * `teardown` copes with a setup that never began, failed halfway or was aborted.
 */
export interface Resource<T> {
  /** Stable name for timings: `services.postgres`. */
  id: string;
  /** What people read while it runs: "Start Postgres". */
  title: string;
  setup(context: SetupContext): Promise<T>;
  teardown(): Promise<void>;
  /** Milliseconds that the teardown may take before it is abandoned and said so. */
  teardownBudgetMs?: number;
}

export interface SetupContext {
  signal: AbortSignal;
  /** Says what is waited for: "waiting for the server to accept connections". */
  progress(text: string): void;
}
