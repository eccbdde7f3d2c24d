import { setTimeout as pause } from 'node:timers/promises';
import {
  concurrently,
  expect,
  type Http,
  type RequestOptions,
  type Response,
  type Sql,
} from 'backend-labs/kit';
import { patiently } from './bounds.ts';
import type { Job, Status, Task } from './job.ts';
import {
  type AttemptRow,
  attemptsOf,
  effectsOf,
  type JobRow,
  type Ledger,
  ledgerFailure,
  type Moment,
  readLedger,
  seconds,
} from './ledger.ts';

export const pathOf = ({ id }: { id: string }): string => `/jobs/${id}`;

/** A task that was accepted. */
export interface Accepted extends Task {
  id: string;
  answer: Response<Job>;
}

/** Sends it, and takes nothing but 202. */
export async function post(
  http: Http,
  task: Task,
  options: RequestOptions = {},
): Promise<Accepted> {
  const answer = await patiently(() => http.post<Job>('/jobs', { json: task.input, ...options }));
  expect(answer).toHaveStatus(202);
  return { ...task, id: answer.json.id, answer };
}

/** Sends them all, some at a time. */
export async function postAll(
  http: Http,
  tasks: readonly Task[],
  { atOnce = 4, ...options }: RequestOptions & { atOnce?: number } = {},
): Promise<Accepted[]> {
  const accepted: Accepted[] = [];
  for (let i = 0; i < tasks.length; i += atOnce) {
    const some = tasks.slice(i, i + atOnce);
    accepted.push(...(await concurrently(some.length, (at) => post(http, some[at]!, options))));
  }
  return accepted;
}

/** One after the other, so that the order of their acceptance is known. */
export const postInTurn = (http: Http, tasks: readonly Task[]): Promise<Accepted[]> =>
  postAll(http, tasks, { atOnce: 1 });

export async function getJob(
  http: Http,
  job: { id: string },
  options: RequestOptions = {},
): Promise<Response<Job>> {
  const found = await patiently(() => http.get<Job>(pathOf(job), options));
  expect(found).toHaveStatus(200);
  return found;
}

export const idsOf = (jobs: readonly { id: string }[]): string[] => jobs.map(({ id }) => id);

export const isFinal = (status: Status): boolean =>
  status === 'completed' || status === 'dead' || status === 'cancelled';

export interface Wait {
  withinMs: number;
  /** What was done before: `kill -9 of worker.1`. */
  action: string;
  /** Why it must be by then: `LEASE_MS is 1500`. */
  because?: string;
  moments?: readonly Moment[];
  hint?: string;
}

/**
 * A look into the ledger, with the pause before it, takes half of that. On a machine on which it
 * takes more, time does not say much: so many looks, then, but not more than so many times the wait.
 */
const SLOW_LOOK_MS = 50;
const MOST_TIMES = 3;

/**
 * Waits until the ledger is as it should be. What still is not, and of which jobs, is said by
 * `pending`: undefined once nothing is.
 * @throws {CheckFailure} it did not come to that in time
 */
export async function until(
  sql: Sql,
  jobs: readonly { id: string }[],
  pending: (ledger: Ledger) => { expected: string; actual: string; about: string[] } | undefined,
  { withinMs, action, because, moments = [], hint }: Wait,
): Promise<Ledger> {
  const begin = performance.now();
  for (let looks = 1; ; looks += 1) {
    const ledger = await readLedger(sql, idsOf(jobs));
    const missing = pending(ledger);
    if (missing === undefined) return ledger;
    const took = performance.now() - begin;
    const slow = looks < withinMs / SLOW_LOOK_MS && took < MOST_TIMES * withinMs;
    if (took > withinMs && !slow)
      throw ledgerFailure(ledger, {
        action,
        expected: `${missing.expected} within ${seconds(withinMs)}${because === undefined ? '' : ` (${because})`}`,
        actual: missing.actual,
        about: missing.about,
        moments,
        ...(hint !== undefined && { hint }),
      });
    await pause(20);
  }
}

/**
 * Waits until all these jobs are in a final state, and those that are completed have their effect:
 * whether both come at one moment is for one check to say, not for all.
 */
export function settled(sql: Sql, jobs: readonly { id: string }[], wait: Wait): Promise<Ledger> {
  return until(
    sql,
    jobs,
    (ledger) => {
      const open = ledger.jobs.filter(
        ({ id, status }) =>
          !isFinal(status) || (status === 'completed' && effectsOf(ledger, id).length === 0),
      );
      const gone = idsOf(jobs).filter((id) => !ledger.jobs.some((job) => job.id === id));
      if (open.length === 0 && gone.length === 0) return undefined;
      const effects = ledger.effects.length;
      return {
        expected:
          jobs.length === 1
            ? 'the job to be in a final state, with its row in effects if that is `completed`,'
            : `all ${jobs.length} jobs that were answered 202 to be in a final state, with a row in effects for each that is completed,`,
        actual:
          gone.length > 0
            ? `${gone.length} have no row in jobs`
            : `${statuses(ledger)}; ${effects} ${effects === 1 ? 'row' : 'rows'} in effects`,
        about: idsOf(open),
      };
    },
    wait,
  );
}

/** `290 completed, 10 queued` */
export function statuses({ jobs }: Ledger): string {
  const counts = new Map<string, number>();
  for (const { status } of jobs) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${count} ${status}`).join(', ');
}

/** Waits until an attempt of each of these jobs is under way, and gives the latest of each. */
export async function underWay(
  sql: Sql,
  jobs: readonly { id: string }[],
  wait: Wait,
): Promise<AttemptRow[]> {
  const latest = (ledger: Ledger) => jobs.map(({ id }) => attemptsOf(ledger, id).at(-1));
  const ledger = await until(
    sql,
    jobs,
    (now) => {
      const waiting = jobs.filter((_, i) => latest(now)[i] === undefined);
      if (waiting.length === 0) return undefined;
      return {
        expected: 'an attempt to begin',
        actual: `no row in attempts for ${waiting.length} of ${jobs.length} jobs`,
        about: idsOf(waiting),
      };
    },
    wait,
  );
  return latest(ledger).map((attempt) => attempt!);
}

/**
 * Each job is completed, with the result that it must have and exactly one effect.
 * @throws {CheckFailure}
 */
export function expectDoneOnce(
  ledger: Ledger,
  tasks: readonly Accepted[],
  action: string,
  moments: readonly Moment[] = [],
): void {
  for (const task of tasks) {
    const job = ledger.jobs.find(({ id }) => id === task.id);
    const wrong = job === undefined ? 'it has no row in jobs' : fault(ledger, job, task);
    if (wrong === undefined) continue;
    throw ledgerFailure(ledger, {
      action,
      expected: 'each job completed, with its result, and with exactly one row in effects',
      actual: wrong,
      about: [task.id],
      moments,
    });
  }
}

function fault(ledger: Ledger, job: JobRow, task: Task): string | undefined {
  const effects = effectsOf(ledger, job.id);
  if (job.status !== 'completed')
    return `it is ${job.status}${job.error === null ? '' : ` (${job.error})`}`;
  if (effects.length !== 1)
    return effects.length === 0
      ? 'it is completed, and has no row in effects'
      : `it had its effect ${effects.length} times, by ${effects.map(({ worker }) => worker).join(' and ')}`;
  const result = resultOf(task, effects[0]!.attempt);
  if (!sameJson(job.result, result))
    return `its result is ${JSON.stringify(job.result)} in place of ${JSON.stringify(result)}`;
  return undefined;
}

/** That of a flaky job tells its attempt, which is a later one where a worker was lost. */
const resultOf = ({ input, result, attempts }: Task, attempt: number): object =>
  input.type === 'flaky' && attempt > attempts ? { attempt } : result;

/** By value, whatever the order of the members. */
function sameJson(one: unknown, other: object): boolean {
  const sorted = (value: unknown) =>
    value === null || typeof value !== 'object'
      ? JSON.stringify(value)
      : JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}
