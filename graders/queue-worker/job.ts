import { createHash } from 'node:crypto';
import type { Random } from 'backend-labs/kit';

export type Status = 'queued' | 'running' | 'completed' | 'dead' | 'cancelled';

/** As the API shows it. */
export interface Job {
  id: string;
  type: string;
  status: Status;
  priority: number;
  attempts: number;
  maxAttempts: number;
  progress: number;
  result: unknown;
  error: string | null;
  createdAt: string;
  runAt: string;
  startedAt: string | null;
  finishedAt: string | null;
}

export interface JobInput {
  type: string;
  payload: object;
  priority?: number;
  delayMs?: number;
}

/** A job to send, and what it must come to. */
export interface Task {
  input: JobInput;
  result: object;
  /** The attempt that does not fail. */
  attempts: number;
}

type Extra = Pick<JobInput, 'priority' | 'delayMs'>;

export function sleep(ms: number, steps?: number, extra: Extra = {}): Task {
  const payload = { ms, ...(steps !== undefined && { steps }) };
  return { input: { type: 'sleep', payload, ...extra }, result: { ms }, attempts: 1 };
}

export function sum(random: Random, extra: Extra = {}): Task {
  const numbers = Array.from({ length: random.integer(1, 40) }, () =>
    random.integer(-1_000_000, 1_000_000),
  );
  const total = numbers.reduce((a, b) => a + b, 0);
  return {
    input: { type: 'sum', payload: { numbers }, ...extra },
    result: { sum: total },
    attempts: 1,
  };
}

export function digest(text: string, extra: Extra = {}): Task {
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
  return {
    input: { type: 'digest', payload: { text }, ...extra },
    result: { sha256 },
    attempts: 1,
  };
}

/** Fails so often; never completes where that is more than it has attempts. */
export function flaky(failures: number, ms?: number, extra: Extra = {}): Task {
  const payload = { failures, ...(ms !== undefined && { ms }) };
  const attempts = failures + 1;
  return {
    input: { type: 'flaky', payload, ...extra },
    result: { attempt: attempts },
    attempts,
  };
}

/** Fails whatever is tried. */
export const poison = (ms?: number): Task => flaky(1_000, ms);

/** Letters of one to four bytes, so that characters are not bytes. */
const ALPHABET = ['a', 'b', 'Z', '7', ' ', '"', '\\', '\n', 'é', 'ß', 'Ж', '語', '€', '🙂'];

export function newText(random: Random, length: number): string {
  return Array.from({ length }, () => random.pick(ALPHABET)).join('');
}
