import { setTimeout as pause } from 'node:timers/promises';
import {
  defineStage,
  expect,
  type OwnContext,
  PerhapsStalled,
  untilInTime,
} from 'backend-labs/kit';
import {
  type Accepted,
  expectDoneOnce,
  getJob,
  idsOf,
  post,
  postAll,
  postInTurn,
  settled,
  until,
} from './api.ts';
import { clockSlack, room } from './bounds.ts';
import { flaky, sleep, sum } from './job.ts';
import {
  attemptsOf,
  type Ledger,
  ledgerFailure,
  type Moment,
  moment,
  readLedger,
  seconds,
} from './ledger.ts';
import { DISPOSABILITY, PRIORITIES, PROCESSES } from './reading.ts';
import { BEGIN_MS, RECOVERY_MS, settingsOf, WORKERS } from './settings.ts';

/** For workers that have no readiness to wait for: to start, and to do what waits. */
const START_MS = 15_000;

export default defineStage({
  id: 'order',
  title: 'Who works, in which order, and when',
  world: 'own',
  // So long that a job still pauses when all processes are killed.
  env: (random) => ({ BACKOFF_BASE_MS: String(random.integer(900, 1_200)) }),
  checks: [
    {
      id: 'web-does-no-job',
      title: 'Without a worker jobs wait, in web too; once one comes they are done',
      points: 3,
      needs: ['does-jobs', 'keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'web only stores the job and tells the queue. Nothing of the work is in that process, neither in the request nor after it.',
      reference: PROCESSES,
      run: async (context) => {
        const { http, sql, app, random } = context;
        const before = performance.now();
        const first = await post(http, sum(random));
        await settled(sql, [first], { withinMs: START_MS, action: 'POST /jobs' });
        const usual = performance.now() - before;
        await stopWorkers(context);
        const jobs = await postAll(http, [sum(random), sleep(5), sum(random, { priority: 1 })]);
        await pause(Math.max(700, 3 * usual));
        const ledger = await readLedger(sql, idsOf(jobs));
        const begun = ledger.jobs.filter(
          ({ id, status }) => status !== 'queued' || attemptsOf(ledger, id).length > 0,
        );
        if (begun.length > 0)
          throw ledgerFailure(ledger, {
            action: 'POST /jobs while no worker runs',
            expected: 'the jobs to be queued, without an attempt',
            actual: `${begun.length} of ${jobs.length} were not`,
            about: idsOf(begun),
          });
        for (const job of jobs)
          expect(await getJob(http, job)).toHaveJson({
            status: 'queued',
            attempts: 0,
            startedAt: null,
          });
        await app.process('worker.2').start();
        const action = 'POST /jobs while no worker runs, then start worker.2';
        expectDoneOnce(await settled(sql, jobs, { withinMs: START_MS, action }), jobs, action);
      },
    },
    {
      id: 'urgent-jobs-first',
      title: 'Of the jobs that wait, priority 1 goes before 9, and then the first that came',
      points: 3,
      needs: ['web-does-no-job'],
      timeoutMs: 120_000,
      hint: 'Keep what waits sorted by priority and then by acceptance (in Redis a sorted set, in Postgres ORDER BY), and take from its front, no more than there is room for.',
      reference: PRIORITIES,
      run: async (context) => {
        const { http, sql, app, random, env } = context;
        const { concurrency } = settingsOf(env);
        await untilInTime(async () => {
          await stopWorkers(context);
          // Four: of any three classes two of them would be one.
          const levels = random.shuffle([1, 2, 3, 4, 5, 6, 7, 8, 9]).slice(0, 4);
          // One of each level in turn: who takes two for one has the last of the first level far behind its place.
          const priorities = Array.from({ length: 7 }, () => random.shuffle(levels)).flat();
          const jobs = await postInTurn(
            http,
            priorities.map((priority) => sleep(20, 1, { priority })),
          );
          // By now each of them would have to begin, were there room: who tells the queue a moment later has told it all.
          await pause(BEGIN_MS);
          await app.process('worker.1').start();
          const action = `POST /jobs, ${jobs.length} times, while no worker runs, then start worker.1; WORKER_CONCURRENCY is ${concurrency}`;
          const ledger = await settled(sql, jobs, { withinMs: START_MS, action });
          expectDoneOnce(ledger, jobs, action);
          expectOrder(ledger, jobs, concurrency, action);
          return true;
        });
      },
    },
    {
      id: 'delays-are-kept',
      title: 'A job with a delay begins when it is due: never before, and soon after',
      points: 3,
      needs: ['does-jobs', 'keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'Keep what is not yet due apart, by the moment when it is, and look at what has become due several times a second.',
      reference: PRIORITIES,
      run: async ({ http, sql, random }) => {
        // The first check of its world, where it is tried alone: the workers may still be starting.
        const first = await post(http, sum(random));
        await settled(sql, [first], { withinMs: START_MS, action: 'POST /jobs' });
        const extra = await room(http);
        const slack = await clockSlack(sql);
        await untilInTime(async () => {
          const delays = random.shuffle([0, 150, 300, 450, 600, 900, 1_200, 1_500]);
          const jobs = await postAll(
            http,
            delays.map((delay) =>
              sum(random, {
                delayMs: delay === 0 ? 0 : delay + random.integer(0, 99),
                priority: random.integer(1, 9),
              }),
            ),
          );
          const action = 'POST /jobs with delays of 0 to 1.6 s, in mixed order';
          const ledger = await settled(sql, jobs, { withinMs: 5_000 + extra, action });
          expectDoneOnce(ledger, jobs, action);
          expectNeverEarly(ledger, slack, action);
          expectSoon(ledger, BEGIN_MS + extra, action);
          return true;
        });
      },
    },
    {
      id: 'delays-survive-restarts',
      title:
        'Delays, and pauses after failures, survive kill -9 of all processes, which start in any order',
      points: 3,
      needs: ['delays-are-kept'],
      timeoutMs: 120_000,
      hint: 'A timer in a process dies with it. Store the moment when the job is due, and let whichever worker is there look for it.',
      reference: DISPOSABILITY,
      run: async (context) => {
        await untilInTime(() => delaysSurvive(context));
      },
    },
  ],
});

/** False where the job that had failed was not pausing any more when all were killed. @throws {CheckFailure} */
async function delaysSurvive({ http, sql, app, random }: OwnContext): Promise<boolean> {
  const extra = await room(http);
  const slack = await clockSlack(sql);
  const [short, long] = [random.integer(300, 500), random.integer(2_500, 3_000)];
  const failing = await post(http, flaky(1));
  await until(
    sql,
    [failing],
    ({ attempts }) =>
      attempts[0]?.outcome === 'failed'
        ? undefined
        : { expected: 'it to fail once', actual: 'it has not', about: [failing.id] },
    { withinMs: 5_000, action: 'POST /jobs with a job that fails once' },
  );
  const jobs = await postAll(http, [
    sleep(10, 1, { delayMs: short }),
    sleep(10, 1, { delayMs: long }),
    sum(random, { delayMs: long, priority: 1 }),
  ]);
  await Promise.all(app.processes.map((process) => process.kill()));
  const moments: Moment[] = [await moment(sql, 'kill -9 of all processes')];
  // On a slow machine one has begun by then. How it comes back is for another check to say.
  const cut = (await readLedger(sql, idsOf([failing, ...jobs]))).attempts
    .filter(({ outcome }) => outcome === null)
    .map(({ jobId }) => jobId);
  // Workers first: they have to do without web.
  await app.process('worker.1').start();
  await app.process('worker.2').start();
  await app.web.start();
  moments.push(await moment(sql, 'all are started again, workers first'));
  const action =
    'POST /jobs with delays and one that fails, kill -9 of all processes, and a restart';
  const witness = await post(http, sum(random));
  const all = [failing, ...jobs, witness].filter(({ id }) => !cut.includes(id));
  const ledger = await settled(sql, all, { withinMs: START_MS + extra, action, moments });
  expectDoneOnce(ledger, all, action, moments);
  const delayed = ledger.jobs.filter(({ id }) => id !== failing.id);
  expectNeverEarly({ ...ledger, jobs: delayed }, slack, action, moments);
  // Workers cannot say that they are up: the witness' attempt does.
  const up = attemptsOf(ledger, witness.id)[0]!.startedAt;
  for (const { id, runAt } of delayed) {
    const late = attemptsOf(ledger, id)[0]!.startedAt - Math.max(up, runAt);
    if (late <= RECOVERY_MS + extra) continue;
    throw new PerhapsStalled(
      ledgerFailure(ledger, {
        action,
        expected: `it to begin within ${RECOVERY_MS / 1_000} s of runAt, or of the moment when workers are back`,
        actual: `${seconds(late)} after`,
        about: [id],
        moments,
      }),
    );
  }
  const again = attemptsOf(ledger, failing.id)[1];
  return again !== undefined && again.startedAt > moments[0]!.at;
}

async function stopWorkers({ app }: OwnContext): Promise<void> {
  await Promise.all(WORKERS.map((name) => app.process(name).terminate(10_000)));
}

/** @throws {CheckFailure} an attempt began before its job was due */
function expectNeverEarly(
  ledger: Ledger,
  slackMs: number,
  action: string,
  moments: readonly Moment[] = [],
): void {
  for (const { id, runAt } of ledger.jobs) {
    const early = runAt - attemptsOf(ledger, id)[0]!.startedAt;
    if (early <= slackMs) continue;
    throw ledgerFailure(ledger, {
      action,
      expected: 'no attempt before runAt',
      actual: `one ${seconds(early)} before it`,
      about: [id],
      moments,
    });
  }
}

/** @throws {CheckFailure} an attempt began long after its job was due */
function expectSoon(ledger: Ledger, withinMs: number, action: string): void {
  for (const { id, runAt } of ledger.jobs) {
    const late = attemptsOf(ledger, id)[0]!.startedAt - runAt;
    if (late <= withinMs) continue;
    throw new PerhapsStalled(
      ledgerFailure(ledger, {
        action,
        expected: `it to begin within ${BEGIN_MS / 1_000} s of runAt, as the workers have room`,
        actual: `${seconds(late)} after`,
        about: [id],
      }),
    );
  }
}

/** Each job begins at its place in the order, give or take as many as the worker may have fetched; for rounds of `untilInTime`: claims that are made at once may overtake. */
function expectOrder(
  ledger: Ledger,
  jobs: readonly Accepted[],
  fetched: number,
  action: string,
): void {
  const place = new Map(jobs.map(({ id }, i) => [id, i]));
  const right = [...jobs].sort(
    (a, b) => a.input.priority! - b.input.priority! || place.get(a.id)! - place.get(b.id)!,
  );
  const begun = ledger.attempts.map(({ jobId }) => jobId);
  const wrong = right.findIndex(({ id }, i) => Math.abs(begun.indexOf(id) - i) > fetched);
  if (wrong === -1) return;
  const nth = begun.indexOf(right[wrong]!.id) + 1;
  const order = begun.map((id) => {
    const { input } = jobs[place.get(id)!]!;
    return `${input.priority} (sent as number ${place.get(id)! + 1})`;
  });
  const failure = ledgerFailure(ledger, {
    action,
    expected: `the job with priority ${right[wrong]!.input.priority} that was accepted as number ${place.get(right[wrong]!.id)! + 1} to begin as number ${wrong + 1}, give or take ${fetched}`,
    actual: `as number ${nth}. Priorities in the order of beginning: ${order.join(', ')}`,
    about: [right[wrong]!.id],
  });
  throw new PerhapsStalled(failure);
}
