import {
  attempt,
  defineStage,
  eventually,
  expect,
  expectCleanExit,
  type OwnContext,
  PerhapsStalled,
  untilInTime,
} from 'backend-labs/kit';
import {
  type Accepted,
  expectDoneOnce,
  idsOf,
  post,
  postAll,
  postInTurn,
  settled,
  until,
} from './api.ts';
import { isTimedOut, postPatiently, room } from './bounds.ts';
import { AGAIN, expectReplay } from './idempotency.ts';
import { type Job, sleep, sum } from './job.ts';
import { type Ledger, ledgerFailure, type Moment, moment, readLedger } from './ledger.ts';
import { DISPOSABILITY, IDEMPOTENCY_KEYS, OUTBOX } from './reading.ts';
import { settingsOf, takeoverMs } from './settings.ts';

/** For a worker to start, and to begin a job. */
const START_MS = 15_000;
/** From SIGTERM, or the end of a worker's last job, to the end. */
const STOP_MS = 5_000;
/** How long after SIGTERM a worker may still begin what it had already fetched. */
const FETCHED_MS = 250;
/** Of a job, by the contract. */
const LONGEST_MS = 10_000;

export default defineStage({
  id: 'stops',
  title: 'Stops, and a web that dies',
  world: 'own',
  checks: [
    {
      id: 'sigterm-finishes-jobs',
      title: 'On SIGTERM a worker finishes its jobs, begins no other, and exits with code 0',
      points: 4,
      needs: ['keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'Handle SIGTERM: stop taking jobs, wait for those under way, close the connections, and let the process end. What it has fetched and not begun goes back.',
      reference: DISPOSABILITY,
      run: async (context) => {
        await untilInTime((nth) => stoppedInTheMiddle(context, nth));
      },
    },
    {
      id: 'web-sigterm-answers',
      title: 'On SIGTERM web answers what is in flight and exits with code 0; that job is done',
      points: 1,
      needs: ['does-jobs'],
      timeoutMs: 120_000,
      hint: 'On SIGTERM close the server, which waits for requests in flight, then the connections to Redis and Postgres, and let the process end.',
      reference: DISPOSABILITY,
      run: async (context) => {
        await untilInTime(() => stoppedInFlight(context));
      },
    },
    {
      id: 'survives-web-kill',
      title: 'kill -9 of web right after its 202: every job that was accepted is done, without it',
      points: 3,
      needs: ['does-jobs'],
      timeoutMs: 120_000,
      hint: 'Answer 202 only once the job is stored, and make sure that the workers hear of it even if web says nothing more: nothing may wait in its memory.',
      reference: OUTBOX,
      run: async ({ http, sql, app, random }) => {
        const extra = await room(http);
        const jobs: Accepted[] = await postInTurn(
          http,
          Array.from({ length: 6 }, () => sum(random, { priority: random.integer(1, 9) })),
        );
        await app.web.kill();
        const killed = await moment(sql, 'kill -9 of web.1');
        const action = 'POST /jobs, then kill -9 of web.1 at once';
        const ledger = await settled(sql, jobs, {
          withinMs: 10_000 + extra,
          action,
          moments: [killed],
        });
        expectDoneOnce(ledger, jobs, action, [killed]);
      },
    },
    {
      id: 'keys-survive-restart',
      title: 'An Idempotency-Key survives kill -9 and a restart of all processes',
      points: 1,
      needs: ['key-is-bound-to-payload', 'survives-web-kill'],
      timeoutMs: 120_000,
      hint: 'Keep keys in Postgres: a map in the process forgets them just when clients try again.',
      reference: IDEMPOTENCY_KEYS,
      run: async ({ http, app, random }) => {
        const task = sum(random);
        const headers = { 'idempotency-key': random.uuid() };
        const first = await post(http, task, { headers });
        await Promise.all(app.processes.map((process) => process.kill()));
        await Promise.all(app.processes.map((process) => process.start()));
        const note = `${AGAIN}, after kill -9 and a restart`;
        expectReplay(await post(http, task, { headers, note }), first);
        const changed = { ...task.input, priority: 3 };
        expect(await postPatiently(http, '/jobs', { json: changed, headers })).toBeProblem(422);
      },
    },
  ],
});

/** False where the jobs were over so soon that others may have begun in their place. @throws {CheckFailure} */
async function stoppedInTheMiddle(
  { http, sql, app, random, env }: OwnContext,
  nth: number,
): Promise<boolean> {
  const settings = settingsOf(env);
  const extra = await room(http);
  // Who takes others instead of ending begins them when these are over, later than the machine can be blamed for.
  const ms = Math.min(LONGEST_MS, nth * (random.integer(800, 1_100) + lateBy(extra)));
  await app.process('worker.1').start();
  await app.process('worker.2').terminate(10_000);
  const jobs = await postAll(
    http,
    Array.from({ length: settings.concurrency }, () => sleep(ms, 2)),
  );
  const action = `SIGTERM to worker.1, the only worker, in the middle of jobs of ${ms} ms, while others wait`;
  const running = await until(
    sql,
    jobs,
    ({ attempts }) =>
      attempts.length >= Math.min(2, jobs.length)
        ? undefined
        : {
            expected: 'it to begin',
            actual: `${attempts.length} have begun`,
            about: idsOf(jobs),
          },
    { withinMs: START_MS, action },
  );
  const waiting = await postAll(
    http,
    Array.from({ length: 12 }, () => sleep(60)),
  );
  const moments: Moment[] = [await moment(sql, 'SIGTERM to worker.1')];
  const bound = ms + STOP_MS + extra;
  const exit = await app.process('worker.1').terminate(bound);
  moments.push(await moment(sql, 'worker.1 has ended'));
  const all = [...jobs, ...waiting];
  expectFinished(await readLedger(sql, idsOf(all)), action, moments);
  const within = '5 s of the end of its last job';
  expectCleanExit(app.process('worker.1'), exit, { within, boundMs: bound });
  await app.process('worker.2').start();
  const ledger = await settled(sql, all, {
    withinMs: takeoverMs(settings) + 10_000 + extra,
    action: `${action}, then start worker.2`,
    moments,
  });
  expectDoneOnce(ledger, all, action, moments);
  const begun = running.attempts.map(({ jobId }) => jobId);
  const twice = ledger.attempts.filter(
    ({ jobId, startedAt }) => begun.includes(jobId) && startedAt > moments[0]!.at,
  );
  if (twice.length > 0)
    throw ledgerFailure(ledger, {
      action,
      expected: 'the jobs that were under way to be finished in that attempt',
      actual: `${twice.length} had another after it`,
      about: twice.map(({ jobId }) => jobId),
      moments,
    });
  expectNoneBegun(ledger, all, action, moments, extra);
  const [signal] = moments;
  const over = Math.min(...running.attempts.map(({ startedAt }) => startedAt)) + ms;
  return over > signal!.at + lateBy(extra);
}

/** False where web gave the request up, as a service stood still. @throws {CheckFailure} */
async function stoppedInFlight({ http, sql, app, postgres, random }: OwnContext): Promise<boolean> {
  await app.web.start();
  const link = postgres.of('web.1');
  await link.restore();
  // Once this is done, what a web that has just started says about jobs is said.
  await eventually(() => post(http, sum(random)), { withinMs: START_MS });
  const bound = STOP_MS + (await room(http));
  link.delay(60);
  const task = sum(random);
  const note = 'in flight when SIGTERM comes';
  const sent = attempt(() => http.post<Job>('/jobs', { json: task.input, note }));
  await link.seen(/\bjobs\b/i, { withinMs: 3_000, what: 'a statement about jobs' });
  const [exit, { value: answer, failure }] = await Promise.all([app.web.terminate(bound), sent]);
  if (failure !== undefined) throw failure;
  expectCleanExit(app.web, exit, { within: '5 s', boundMs: bound });
  // Nobody is there to be asked again.
  if (isTimedOut(answer)) return false;
  expect(answer).toHaveStatus(202);
  const action = `POST /jobs, ${note}`;
  const job: Accepted = { ...task, id: answer.json.id, answer };
  expectDoneOnce(await settled(sql, [job], { withinMs: 10_000, action }), [job], action);
  return true;
}

/** For how long after the signal a worker may still begin what it had fetched, in milliseconds. */
const lateBy = (extra: number): number => FETCHED_MS + extra / 4;

/** @throws {CheckFailure} as the worker ends, what it had begun is not completed */
function expectFinished(ledger: Ledger, action: string, moments: readonly Moment[]): void {
  // One that was lost before, as the machine stood still, is not the signal's.
  const cut = ledger.attempts.filter(
    ({ worker, outcome, endedAt }) =>
      worker === 'worker.1' && outcome !== 'completed' && (endedAt ?? Infinity) > moments[0]!.at,
  );
  if (cut.length === 0) return;
  throw ledgerFailure(ledger, {
    action,
    expected: 'each attempt that it had begun to be completed before it ends',
    actual: `${cut.length} were not`,
    about: cut.map(({ jobId }) => jobId),
    moments,
  });
}

/** @throws {CheckFailure} it has begun others since the signal; so it has where a claim was held up on its way */
function expectNoneBegun(
  ledger: Ledger,
  jobs: readonly Accepted[],
  action: string,
  moments: readonly Moment[],
  extra: number,
): void {
  const signal = moments[0]!.at;
  const late = ledger.attempts.filter(
    ({ worker, startedAt }) => worker === 'worker.1' && startedAt > signal + lateBy(extra),
  );
  if (late.length === 0) return;
  throw new PerhapsStalled(
    ledgerFailure(ledger, {
      action,
      expected: 'no attempt to begin after SIGTERM',
      actual: `${late.length} of ${jobs.length} jobs did, the last ${((late.at(-1)!.startedAt - signal) / 1_000).toFixed(2)} s after it`,
      about: late.map(({ jobId }) => jobId),
      moments,
    }),
  );
}
