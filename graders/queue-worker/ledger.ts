import { CheckFailure, type Sql } from 'backend-labs/kit';
import { databaseNow } from './bounds.ts';
import type { Status } from './job.ts';

/** What Postgres knows of some jobs at one moment; times in milliseconds of its clock. */
export interface Ledger {
  jobs: readonly JobRow[];
  /** In the order in which they were written. */
  attempts: readonly AttemptRow[];
  effects: readonly EffectRow[];
}

export interface JobRow {
  id: string;
  type: string;
  status: Status;
  priority: number;
  attempts: number;
  maxAttempts: number;
  progress: number;
  result: unknown;
  error: string | null;
  createdAt: number;
  runAt: number;
  startedAt: number | null;
  finishedAt: number | null;
}

export interface AttemptRow {
  id: number;
  jobId: string;
  attempt: number;
  worker: string;
  startedAt: number;
  endedAt: number | null;
  outcome: 'completed' | 'failed' | 'lost' | null;
  error: string | null;
}

export interface EffectRow {
  id: number;
  jobId: string;
  attempt: number;
  worker: string;
  doneAt: number;
}

/** One statement, so one snapshot: what was committed together shows together. */
export async function readLedger(sql: Sql, ids: readonly string[]): Promise<Ledger> {
  const [row] = await sql<{ ledger: Ledger }>`
    SELECT json_build_object(
      'jobs', (SELECT coalesce(json_agg(json_build_object(
          'id', id, 'type', type, 'status', status, 'priority', priority, 'attempts', attempts,
          'maxAttempts', max_attempts, 'progress', progress, 'result', result, 'error', error,
          'createdAt', (extract(epoch FROM created_at) * 1000)::float8,
          'runAt', (extract(epoch FROM run_at) * 1000)::float8,
          'startedAt', (extract(epoch FROM started_at) * 1000)::float8,
          'finishedAt', (extract(epoch FROM finished_at) * 1000)::float8
        ) ORDER BY created_at, id), '[]') FROM jobs WHERE id = ANY (${ids}::uuid[])),
      'attempts', (SELECT coalesce(json_agg(json_build_object(
          'id', id, 'jobId', job_id, 'attempt', attempt, 'worker', worker, 'outcome', outcome, 'error', error,
          'startedAt', (extract(epoch FROM started_at) * 1000)::float8,
          'endedAt', (extract(epoch FROM ended_at) * 1000)::float8
        ) ORDER BY id), '[]') FROM attempts WHERE job_id = ANY (${ids}::uuid[])),
      'effects', (SELECT coalesce(json_agg(json_build_object(
          'id', id, 'jobId', job_id, 'attempt', attempt, 'worker', worker,
          'doneAt', (extract(epoch FROM done_at) * 1000)::float8
        ) ORDER BY id), '[]') FROM effects WHERE job_id = ANY (${ids}::uuid[]))
    ) AS ledger`;
  return row!.ledger;
}

export const attemptsOf = (ledger: Ledger, jobId: string): AttemptRow[] =>
  ledger.attempts.filter((attempt) => attempt.jobId === jobId);

export const effectsOf = (ledger: Ledger, jobId: string): EffectRow[] =>
  ledger.effects.filter((effect) => effect.jobId === jobId);

/** Something that the grader did, for the failure's account of what happened. */
export interface Moment {
  at: number;
  what: string;
}

export async function moment(sql: Sql, what: string): Promise<Moment> {
  return { at: await databaseNow(sql), what };
}

export interface LedgerFailure {
  action: string;
  expected: string;
  actual: string;
  /** The jobs that it is about. */
  about: readonly string[];
  moments?: readonly Moment[];
  hint?: string;
}

/** A failure with the account of the jobs that it is about. */
export function ledgerFailure(ledger: Ledger, failure: LedgerFailure): CheckFailure {
  const { action, expected, actual, about, moments = [], hint } = failure;
  const shown = about.slice(0, MAX_JOBS);
  const title =
    about.length > shown.length
      ? `The ledger, for ${shown.length} of these ${about.length} jobs`
      : 'The ledger';
  return new CheckFailure({
    action,
    expected,
    actual,
    evidence: [{ kind: 'text', title, text: accountOf(ledger, shown, moments) }],
    ...(hint !== undefined && { hint }),
  });
}

const MAX_JOBS = 4;
const MAX_LINES = 16;

/** What happened to each of these jobs, in the order of time. */
function accountOf(ledger: Ledger, ids: readonly string[], moments: readonly Moment[]): string {
  const jobs = ledger.jobs.filter(({ id }) => ids.includes(id));
  const begin = Math.min(...jobs.map(({ createdAt }) => createdAt), ...moments.map(({ at }) => at));
  return jobs.map((job) => accountOfJob(ledger, job, moments, begin)).join('\n');
}

function accountOfJob(
  ledger: Ledger,
  job: JobRow,
  moments: readonly Moment[],
  begin: number,
): string {
  const events: Moment[] = [
    ...moments.map(({ at, what }) => ({ at, what: `-- ${what}` })),
    { at: job.createdAt, what: `accepted${job.runAt > job.createdAt ? `, ${due(job)}` : ''}` },
    ...attemptsOf(ledger, job.id).flatMap(({ startedAt, endedAt, worker, outcome, attempt }) => [
      { at: startedAt, what: `attempt ${attempt} begins in ${worker}` },
      ...(endedAt === null
        ? []
        : [{ at: endedAt, what: `attempt ${attempt} in ${worker}: ${outcome}` }]),
    ]),
    ...effectsOf(ledger, job.id).map(({ doneAt, worker, attempt }) => ({
      at: doneAt,
      what: `effect of attempt ${attempt} in ${worker}`,
    })),
    ...(job.finishedAt === null ? [] : [{ at: job.finishedAt, what: `the job is ${job.status}` }]),
  ];
  events.sort((a, b) => a.at - b.at);
  const lines = events.map(({ at, what }) => `${seconds(at - begin).padStart(10)}  ${what}`);
  const cut = lines.length > MAX_LINES ? [...lines.slice(0, MAX_LINES), '         …'] : lines;
  const head = `${job.type} job ${job.id}: ${job.status}, ${job.attempts} of ${job.maxAttempts} attempts`;
  return [head, ...cut].join('\n');
}

const due = ({ runAt, createdAt }: JobRow): string => `due ${seconds(runAt - createdAt)} later`;

export const seconds = (ms: number): string => `${(ms / 1_000).toFixed(2)} s`;
