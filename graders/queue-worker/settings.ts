/** What the environment tells the app, as numbers. */
export interface Settings {
  maxAttempts: number;
  backoffMs: number;
  leaseMs: number;
  concurrency: number;
}

export function settingsOf(env: Readonly<Record<string, string>>): Settings {
  return {
    maxAttempts: Number(env['MAX_ATTEMPTS']),
    backoffMs: Number(env['BACKOFF_BASE_MS']),
    leaseMs: Number(env['LEASE_MS']),
    concurrency: Number(env['WORKER_CONCURRENCY']),
  };
}

/** From a worker's last sign of life to the next attempt, at the latest. */
export const takeoverMs = ({ leaseMs }: Settings): number => 2 * leaseMs + 1_000;

/** From the return of a service until everything goes on. */
export const RECOVERY_MS = 5_000;

/** The answer to a request while a service is away. */
export const OUTAGE_ANSWER_MS = 3_000;

/** Until a job that is due and finds room begins. */
export const BEGIN_MS = 1_000;

export const WORKERS = ['worker.1', 'worker.2'] as const;
