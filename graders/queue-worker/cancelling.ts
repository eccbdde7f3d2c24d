import {
  attempt,
  concurrently,
  defineStage,
  expect,
  type Http,
  holdRow,
  type Response,
  type SharedContext,
  type Sql,
  untilInTime,
} from 'backend-labs/kit';
import {
  type Accepted,
  expectDoneOnce,
  getJob,
  pathOf,
  post,
  postAll,
  settled,
  underWay,
  until,
} from './api.ts';
import { databaseNow, postPatiently } from './bounds.ts';
import { type Job, poison, sleep, sum } from './job.ts';
import { attemptsOf, ledgerFailure, readLedger } from './ledger.ts';
import { ASYNC_REPLY } from './reading.ts';
import { settingsOf } from './settings.ts';

const WITHIN = 10_000;
const RACERS = 30;
/** The job is due after 500 ms of it: what is left is less than anybody waits for an answer of Postgres. */
const HELD_MS = 1_800;

export default defineStage({
  id: 'cancelling',
  title: 'Cancelling',
  world: 'shared',
  checks: [
    {
      id: 'cancels-waiting-job',
      title: 'A job that waits is cancelled, and never begins',
      points: 2,
      needs: ['does-jobs', 'keeps-ledger'],
      timeoutMs: 60_000,
      hint: 'Set it to `cancelled` where it is still `queued`, in one UPDATE; and let workers begin nothing but what is `queued` at that moment.',
      reference: ASYNC_REPLY,
      run: async (context) => {
        await untilInTime(() => cancelBeforeDue(context));
      },
    },
    {
      id: 'cancels-between-attempts',
      title: 'A job that pauses between two attempts is cancelled, and has no further attempt',
      points: 1,
      needs: ['cancels-waiting-job', 'shows-failures'],
      timeoutMs: 60_000,
      hint: 'Between two attempts a job is `queued` as before the first. What the queue holds of it then begins nothing.',
      reference: ASYNC_REPLY,
      run: async (context) => {
        // On a slow machine a pause may be over before the cancellation arrives: then it is tried on another job.
        await untilInTime(() => cancelInPause(context), 6);
      },
    },
    {
      id: 'refuses-late-cancel',
      title: 'A job that has begun, or is done, is not cancelled: 409, and it goes on',
      points: 1,
      needs: ['does-jobs', 'keeps-ledger'],
      timeoutMs: 60_000,
      hint: "UPDATE … WHERE status = 'queued' changes no row then: that is the 409.",
      reference: ASYNC_REPLY,
      run: async ({ http, sql }) => {
        const job = await post(http, sleep(2_000, 4));
        const action = 'cancel a job that is running';
        await underWay(sql, [job], { withinMs: WITHIN, action: 'POST /jobs' });
        const running = await postPatiently(http, `${pathOf(job)}/cancel`, {
          note: 'while it is running',
        });
        expect(running).toBeProblem(409);
        expectDoneOnce(await settled(sql, [job], { withinMs: WITHIN, action }), [job], action);
        const note = 'after it has completed';
        expect(await postPatiently(http, `${pathOf(job)}/cancel`, { note })).toBeProblem(409);
        expect(await getJob(http, job)).toHaveJson({ status: 'completed', result: job.result });
      },
    },
    {
      id: 'cancel-races-begin',
      title: 'Of a cancellation and an attempt that come together, one wins',
      points: 2,
      needs: ['cancels-waiting-job', 'refuses-late-cancel'],
      timeoutMs: 60_000,
      hint: 'Both are one conditional UPDATE of the same row: from `queued` to `cancelled`, or from `queued` to `running`. Who reads first and writes then lets both win.',
      reference: ASYNC_REPLY,
      run: async ({ http, sql, random }) => {
        const tasks = Array.from({ length: RACERS }, () => sum(random));
        const jobs = await postAll(http, tasks, { atOnce: RACERS });
        const answers = await concurrently(RACERS, (i) =>
          postPatiently<Job>(http, `${pathOf(jobs[i]!)}/cancel`, { note: 'just as it may begin' }),
        );
        const action = `POST /jobs/{id}/cancel of ${RACERS} jobs as they begin`;
        await expectOneWinner(sql, jobs, answers, action);
        await untilInTime(() => cancelBehindBegin(http, sql));
      },
    },
  ],
});

/** False where it was due, and had begun, too soon. @throws {CheckFailure} */
async function cancelBeforeDue({
  http,
  sql,
  random,
}: Pick<SharedContext, 'http' | 'sql' | 'random'>): Promise<boolean> {
  const delayMs = random.integer(900, 1_300);
  const job = await post(http, sleep(1, 1, { delayMs }));
  // Due a little later, in the same queue: when it is done, the turn of the other has passed.
  const witness = await post(http, sum(random, { delayMs: delayMs + 400 }));
  const cancel = (note: string) => postPatiently<Job>(http, `${pathOf(job)}/cancel`, { note });
  const first = await cancel('before it is due');
  if (first.status === 409) {
    const { jobs, attempts } = await readLedger(sql, [job.id]);
    if (attempts.length > 0 && (await databaseNow(sql)) > jobs[0]!.runAt) return false;
  }
  for (const cancelled of [first, await cancel('again')]) {
    expect(cancelled).toHaveStatus(200);
    expect(cancelled).toHaveJson({ id: job.id, status: 'cancelled', attempts: 0, result: null });
  }
  const action = `POST ${pathOf(job)}/cancel before it was due`;
  await settled(sql, [witness], { withinMs: WITHIN, action: 'POST /jobs, due a little later' });
  const ledger = await readLedger(sql, [job.id]);
  if (ledger.attempts.length > 0 || ledger.jobs[0]?.status !== 'cancelled')
    throw ledgerFailure(ledger, {
      action,
      expected: 'the job to stay cancelled, and no attempt to begin',
      actual: `it is ${ledger.jobs[0]?.status}, after ${ledger.attempts.length} attempts`,
      about: [job.id],
    });
  const found = await getJob(http, job);
  expect(found).toHaveJson({ status: 'cancelled', startedAt: null });
  if (found.json.finishedAt === null) throw found.failure('finishedAt to be set', 'null');
  return true;
}

/** False where the pause between two attempts was over too soon. @throws {CheckFailure} */
async function cancelInPause({
  http,
  sql,
  env,
}: Pick<SharedContext, 'http' | 'sql' | 'env'>): Promise<boolean> {
  const { backoffMs } = settingsOf(env);
  const action = 'cancel a job that pauses after its first failure';
  const job = await post(http, poison());
  const failed = await until(
    sql,
    [job],
    (ledger) =>
      ledger.jobs[0]?.status === 'queued' && ledger.attempts.length > 0
        ? undefined
        : {
            expected: 'the first attempt to fail, and the job to be queued again',
            actual: `it is ${ledger.jobs[0]?.status}`,
            about: [job.id],
          },
    { withinMs: WITHIN, action },
  );
  const cancelled = await postPatiently<Job>(http, `${pathOf(job)}/cancel`);
  if (cancelled.status === 409) {
    const now = await readLedger(sql, [job.id]);
    const paused =
      now.jobs[0]!.status === 'queued' && now.attempts.length === failed.attempts.length;
    if (paused) throw cancelled.failure('200: the job is queued', '409');
    return false;
  }
  expect(cancelled).toHaveStatus(200);
  expect(cancelled).toHaveJson({ status: 'cancelled' });
  const { attempts } = await readLedger(sql, [job.id]);
  const witness = await post(http, sleep(1, 1, { delayMs: backoffMs * 4 + 300 }));
  await settled(sql, [witness], { withinMs: WITHIN, action: 'POST /jobs, due after the pause' });
  const ledger = await readLedger(sql, [job.id]);
  if (ledger.attempts.length > attempts.length || ledger.jobs[0]?.status !== 'cancelled')
    throw ledgerFailure(ledger, {
      action,
      expected: 'the job to stay cancelled, and no further attempt to begin',
      actual: `it is ${ledger.jobs[0]?.status}, and ${ledger.attempts.length} attempts have begun`,
      about: [job.id],
    });
  return true;
}

/**
 * Both meet in Postgres, surely: the row is locked when the job becomes due, so that the worker waits for it, if it waits at
 * all; then the cancellation comes, which still sees a queued job. False where no worker was seen to wait.
 * @throws {CheckFailure}
 */
async function cancelBehindBegin(http: Http, sql: Sql): Promise<boolean> {
  const job = await post(http, sleep(1, 1, { delayMs: 500 }));
  const row = await holdRow(sql, { table: 'jobs', column: 'id', value: job.id }, HELD_MS);
  // Who skips locked rows never waits, and begins the job later, or not at all.
  const waiting = await attempt(() => row.someoneWaits({ withinMs: HELD_MS * 0.7 }));
  const note = 'while another transaction has locked its row, for which a worker waits';
  const answer = await postPatiently<Job>(http, `${pathOf(job)}/cancel`, { note });
  await row.released;
  const action = 'POST /jobs/{id}/cancel of a job that has been waiting to begin';
  await expectOneWinner(sql, [job], [answer], action);
  return waiting.failure === undefined;
}

/** Answered 200: it never begins. Answered 409: it is done, once. */
async function expectOneWinner(
  sql: Sql,
  jobs: readonly Accepted[],
  answers: readonly Response<Job>[],
  action: string,
): Promise<void> {
  for (const answer of answers) expect(answer).toHaveStatus(200, 409);
  const ledger = await settled(sql, jobs, { withinMs: WITHIN, action });
  const [cancelled, others] = [200, 409].map((status) =>
    jobs.filter((_, i) => answers[i]!.status === status),
  );
  for (const { id } of cancelled!) {
    const job = ledger.jobs.find((row) => row.id === id)!;
    const begun = attemptsOf(ledger, id).length;
    if (job.status === 'cancelled' && begun === 0) continue;
    throw ledgerFailure(ledger, {
      action,
      expected: 'a job whose cancellation was answered 200 to stay cancelled, without an attempt',
      actual: `it is ${job.status}, after ${begun} attempts`,
      about: [id],
    });
  }
  expectDoneOnce(ledger, others!, `${action}; of those answered 409`);
}
