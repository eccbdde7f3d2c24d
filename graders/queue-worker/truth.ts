import { PerhapsStalled, type Response } from 'backend-labs/kit';
import { isFinal } from './api.ts';
import { ROUNDING_MS } from './bounds.ts';
import type { Job } from './job.ts';

export const TIMES = {
  createdAt: 'created_at',
  runAt: 'run_at',
  startedAt: 'started_at',
  finishedAt: 'finished_at',
} as const;

export function expectTime(
  found: Response<Job>,
  member: keyof typeof TIMES,
  expected: number | null,
) {
  const actual = found.json[member];
  const same =
    actual === null || expected === null
      ? actual === expected
      : Math.abs(Date.parse(actual) - expected) <= 1;
  if (same) return;
  const wanted = expected === null ? 'null' : `"${new Date(expected).toISOString()}"`;
  throw found.failure(
    `"${member}": ${wanted}, as in jobs`,
    `"${member}": ${JSON.stringify(actual)}`,
  );
}

/** What must hold of a job in any state. */
export function expectConsistent(found: Response<Job>): void {
  const { status, progress, attempts, result, error, createdAt, startedAt, finishedAt } =
    found.json;
  const wrong = (expected: string, actual: string) => found.failure(expected, actual);
  const final = isFinal(status);
  if (final !== (finishedAt !== null))
    throw wrong(
      `finishedAt ${final ? 'set' : 'null'} in a job that is ${status}`,
      JSON.stringify(finishedAt),
    );
  if (attempts > 0 !== (startedAt !== null))
    throw wrong(
      `startedAt ${attempts > 0 ? 'set' : 'null'} after ${attempts} attempts`,
      JSON.stringify(startedAt),
    );
  if (status === 'running' && attempts === 0)
    throw wrong('attempts of at least 1 in a job that is running', '0');
  if ((status === 'completed') !== (result !== null))
    throw wrong(
      `a result if, and only if, the job is completed; it is ${status}`,
      JSON.stringify(result),
    );
  if (status === 'completed' && (progress !== 100 || error !== null))
    throw wrong(
      'progress 100 and no error in a job that is completed',
      JSON.stringify({ progress, error }),
    );
  if (status === 'dead' && error === null) throw wrong('an error in a job that is dead', 'null');
  const times = [createdAt, startedAt, finishedAt].flatMap((at) =>
    at === null ? [] : [Date.parse(at)],
  );
  if (times.some((at, i) => i > 0 && at < times[i - 1]!))
    throw wrong(
      'createdAt, startedAt and finishedAt in the order of time',
      JSON.stringify({ createdAt, startedAt, finishedAt }),
    );
}

interface Steps {
  steps: number;
  part: number;
  /** By the database's clock, before the request was sent. */
  now: number;
  /** And after its answer. */
  later: number;
}

/** Never back, only to what a step reaches, not ahead of the work, and not far behind; for rounds of `untilInTime`. */
export function expectProgress(
  found: Response<Job>,
  before: Response<Job>,
  { steps, part, now, later }: Steps,
): void {
  const { progress, status, startedAt } = found.json;
  const levels = Array.from({ length: steps + 1 }, (_, k) => Math.floor((100 * k) / steps));
  const step = levels.indexOf(progress);
  if (step === -1)
    throw found.failure(`progress to be one of ${levels.join(', ')}`, `progress ${progress}`);
  if (progress < before.json.progress)
    throw found.failure(
      'progress never to fall within an attempt',
      `${progress}, after ${before.json.progress} a moment before`,
    );
  if (startedAt === null || status !== 'running') return;
  const most =
    levels[Math.min(steps, Math.floor((later - Date.parse(startedAt) + ROUNDING_MS) / part))]!;
  if (progress > most)
    throw found.failure(
      `progress of at most ${most}, ${((later - Date.parse(startedAt)) / 1_000).toFixed(2)} s after startedAt: each step takes ${part} ms`,
      `progress ${progress}`,
      'Report a step when it is over, not when it begins.',
    );
  const elapsed = now - Date.parse(startedAt);
  // A step behind, and 0.4 s, are the machine's.
  const least = levels[Math.min(steps - 1, Math.floor((elapsed - 400) / part) - 1)] ?? 0;
  if (progress < least)
    throw new PerhapsStalled(
      found.failure(
        `progress of at least ${least}, ${(elapsed / 1_000).toFixed(2)} s after startedAt: each step takes ${part} ms`,
        `progress ${progress}`,
        'Write the progress to Postgres, and commit, after each step of the work.',
      ),
    );
}
