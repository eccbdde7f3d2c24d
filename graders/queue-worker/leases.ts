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
  idsOf,
  postAll,
  settled,
  statuses,
  underWay,
  until,
} from './api.ts';
import { room, watchForStalls } from './bounds.ts';
import { sleep } from './job.ts';
import {
  attemptsOf,
  effectsOf,
  type Ledger,
  ledgerFailure,
  type Moment,
  moment,
  readLedger,
} from './ledger.ts';
import { FENCING, STALLED, TRANSACTIONS } from './reading.ts';
import { settingsOf, takeoverMs, WORKERS } from './settings.ts';

/** Milliseconds that each message between a worker and Postgres waits, so that two commits can be told apart. */
const LATENCY = 70;

export default defineStage({
  id: 'leases',
  title: 'Whose job it is',
  world: 'own',
  env: (random) => ({ LEASE_MS: String(random.integer(2_500, 3_000)) }),
  checks: [
    {
      id: 'effect-comes-with-completion',
      title: 'A job is completed, and has its effect, at one and the same moment',
      points: 4,
      needs: ['keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'BEGIN, then the UPDATE of the job, the outcome of the attempt and the INSERT into effects, then COMMIT, all on one connection. In between, no process can die with one half done.',
      reference: TRANSACTIONS,
      run: async ({ http, sql, postgres, env }) => {
        const { concurrency } = settingsOf(env);
        for (const worker of WORKERS) postgres.of(worker).delay(LATENCY);
        const jobs = await postAll(
          http,
          Array.from({ length: concurrency * WORKERS.length }, (_, i) => sleep(20 + 10 * i)),
        );
        const action = `look into the ledger as jobs complete; each message of a worker to Postgres takes ${LATENCY} ms`;
        const ledger = await until(
          sql,
          jobs,
          (now) => {
            expectWhole(now, jobs, action);
            const open = now.jobs.filter(({ status }) => status !== 'completed');
            if (open.length === 0) return undefined;
            return {
              expected: 'all jobs to be completed',
              actual: statuses(now),
              about: idsOf(open),
            };
          },
          { withinMs: 15_000, action },
        );
        expectDoneOnce(ledger, jobs, action);
      },
    },
    {
      id: 'long-job-runs-once',
      title: 'A job that takes longer than its lease has one attempt: the lease is renewed',
      points: 4,
      needs: ['keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'While the work goes on, a timer renews the lease, at a third of LEASE_MS or so. A lease that only begins with the job makes another worker do it again.',
      reference: STALLED,
      run: async ({ http, sql, env }) => {
        const { leaseMs } = settingsOf(env);
        const ms = Math.round(2.6 * leaseMs);
        const action = `POST /jobs with jobs of ${ms} ms; LEASE_MS is ${leaseMs}`;
        await untilInTime(async () => {
          const stalls = watchForStalls();
          const jobs = await postAll(http, [sleep(ms), sleep(ms, 3)]);
          const ledger = await settled(sql, jobs, { withinMs: 4 * ms, action });
          const stalledMs = stalls.end();
          expectDoneOnce(ledger, jobs, action);
          const again = jobs.filter(({ id }) => attemptsOf(ledger, id).length > 1);
          if (again.length === 0) return true;
          // A machine that stands still lets a lease run out that is renewed in time; so long, and it says nothing at all.
          if (stalledMs > leaseMs / 2) return false;
          throw new PerhapsStalled(
            ledgerFailure(ledger, {
              action,
              expected: 'one attempt of each: its worker lives and works on it',
              actual: `${attemptsOf(ledger, again[0]!.id).length} of one of them`,
              about: idsOf(again),
            }),
          );
        });
      },
    },
    {
      id: 'paused-worker-has-no-effect',
      title:
        'A worker that is stopped for longer than its lease, and then goes on, changes nothing',
      points: 5,
      needs: ['keeps-ledger', 'concurrency-is-bounded'],
      timeoutMs: 120_000,
      hint: 'Make each write of an attempt conditional: UPDATE jobs … WHERE id = … AND the job is still this attempt’s. No row changed means that it is somebody else’s now: roll back, and forget it. Looking first and writing then is too late.',
      reference: FENCING,
      run: async (context) => {
        const { http, sql, app, env } = context;
        const settings = settingsOf(env);
        const extra = await room(http);
        await app.process('worker.2').terminate(10_000);
        const { short, long } = await pausedInTheMiddle(context);
        const moments: Moment[] = [await moment(sql, 'SIGSTOP to worker.1')];
        await app.process('worker.2').start();
        const action = `SIGSTOP to worker.1 in the middle of two jobs; LEASE_MS is ${settings.leaseMs}`;
        const before = await untilTakenOver(sql, [short, long], short, {
          withinMs: takeoverMs(settings) + short.ms + 3_000 + extra,
          action,
          because: 'another worker begins within 2 × LEASE_MS + 1 s',
          moments,
          hint: 'Somebody has to look for jobs whose lease has run out, and to make them due again: a worker that stands still cannot give them back.',
        });
        await app.process('worker.1').resume();
        moments.push(await moment(sql, 'SIGCONT to worker.1'));
        await expectProgressToGrow(context, [short, long], action, moments);
        // When it has done others of that length, what it still had to do of these is over.
        const later = await untilAtWork(context, long.ms + 100);
        const resumed = `${action}, then SIGCONT when worker.2 has done one of them`;
        const all = [short, long];
        const ledger = await settled(sql, [...all, ...later], {
          withinMs: 2 * long.ms + 8_000 + extra,
          action: resumed,
          moments,
        });
        expectDoneOnce(ledger, [...all, ...later], resumed, moments);
        expectTakenOver(ledger, all, resumed, moments);
        const [was, is] = [before, ledger].map(
          ({ jobs }) => jobs.find(({ id }) => id === short.id)!,
        );
        expect(is, 'the row of the job that was completed before the SIGCONT').toBe(was!);
      },
    },
  ],
});

/** @throws {CheckFailure} something of a completion shows, and not all of it */
function expectWhole(ledger: Ledger, jobs: readonly Accepted[], action: string): void {
  for (const { id, status, result } of ledger.jobs) {
    const attempts = attemptsOf(ledger, id);
    const effects = effectsOf(ledger, id).length;
    const parts = {
      'the job is completed': status === 'completed',
      'it has a result': result !== null,
      'its attempt is completed': attempts.some(({ outcome }) => outcome === 'completed'),
      'it has its effect': effects > 0,
    };
    const done = Object.values(parts).filter(Boolean).length;
    if (done === 0 || done === Object.keys(parts).length) continue;
    const [yes, no] = [true, false].map((wanted) =>
      Object.entries(parts)
        .filter(([, is]) => is === wanted)
        .map(([part]) => part),
    );
    throw ledgerFailure(ledger, {
      action,
      expected:
        'the job, its result, the outcome of its attempt and its effect to be committed together',
      actual: `at one moment this was so: ${yes!.join(', ')}; and this not yet: ${no!.join(', ')}`,
      about: [jobs.find((job) => job.id === id)!.id],
    });
  }
}

type Paused = Accepted & { ms: number };

/** Two jobs of worker.1, the only worker, which is stopped while it works on both. */
async function pausedInTheMiddle({ http, sql, app }: OwnContext): Promise<{
  short: Paused;
  long: Paused;
}> {
  const worker = app.process('worker.1');
  for (let ms = 600; ; ms *= 2) {
    const lengths = [ms, ms + 1_100] as const;
    const jobs = await postAll(
      http,
      lengths.map((length) => sleep(length, 4)),
    );
    await underWay(sql, jobs, { withinMs: 5_000, action: 'POST /jobs' });
    await pause(100);
    await worker.pause();
    const { attempts } = await readLedger(sql, idsOf(jobs));
    const open = attempts.filter(({ outcome }) => outcome === null);
    // On a slow machine they were over before it was stopped: once more, with longer ones.
    if (open.length >= 2 || ms > 3_000)
      return { short: { ...jobs[0]!, ms: lengths[0] }, long: { ...jobs[1]!, ms: lengths[1] } };
    await worker.resume();
  }
}

/** For as long as the next step of the longer one takes: what a stale worker writes, that step takes back. */
async function expectProgressToGrow(
  { sql }: OwnContext,
  jobs: readonly Paused[],
  action: string,
  moments: readonly Moment[],
): Promise<void> {
  const end = performance.now() + Math.max(...jobs.map(({ ms }) => ms)) / 2 + 300;
  let before = await readLedger(sql, idsOf(jobs));
  while (performance.now() < end) {
    await pause(15);
    const now = await readLedger(sql, idsOf(jobs));
    for (const [i, { id, attempts, progress }] of now.jobs.entries()) {
      const was = before.jobs[i]!;
      if (attempts !== was.attempts || progress >= was.progress) continue;
      throw ledgerFailure(now, {
        action: `${action}, then SIGCONT`,
        expected: 'worker.1 to write no progress of a job that is not its own any more',
        actual: `the progress fell from ${was.progress} to ${progress} within attempt ${attempts}`,
        about: [id],
        moments,
      });
    }
    before = now;
  }
}

/** Until both have begun in another worker, and the first of them is done there. */
function untilTakenOver(
  sql: OwnContext['sql'],
  jobs: readonly Accepted[],
  first: Accepted,
  wait: Parameters<typeof until>[3],
): Promise<Ledger> {
  return until(
    sql,
    jobs,
    (ledger) => {
      const waiting = jobs.filter(
        ({ id }) => !attemptsOf(ledger, id).some(({ worker }) => worker === 'worker.2'),
      );
      const done = ledger.jobs.find(({ id }) => id === first.id)?.status === 'completed';
      if (waiting.length === 0 && done) return undefined;
      return {
        expected: 'worker.2 to begin both jobs, and to complete the shorter one',
        actual:
          waiting.length > 0
            ? `it has not begun ${waiting.length} of them`
            : 'it has not completed it',
        about: waiting.length > 0 ? idsOf(waiting) : [first.id],
      };
    },
    wait,
  );
}

/** Sends jobs until worker.1 has begun one, and gives them all. */
async function untilAtWork({ http, sql, signal }: OwnContext, ms: number): Promise<Accepted[]> {
  const jobs: Accepted[] = [];
  const deadline = performance.now() + 10_000;
  while (performance.now() < deadline) {
    signal.throwIfAborted();
    jobs.push(...(await postAll(http, [sleep(ms), sleep(ms)])));
    await pause(200);
    const { attempts } = await readLedger(sql, idsOf(jobs));
    if (attempts.some(({ worker }) => worker === 'worker.1')) return jobs;
  }
  throw ledgerFailure(await readLedger(sql, idsOf(jobs)), {
    action: 'SIGCONT to worker.1, and POST /jobs again and again',
    expected: 'worker.1 to work again within 10 s',
    actual: 'it has begun no job',
    about: idsOf(jobs),
  });
}

/** @throws {CheckFailure} the effect is not by the worker that took the job over */
function expectTakenOver(
  ledger: Ledger,
  jobs: readonly Accepted[],
  action: string,
  moments: readonly Moment[],
): void {
  for (const { id } of jobs) {
    const attempts = attemptsOf(ledger, id);
    const [effect] = effectsOf(ledger, id);
    if (attempts.length >= 2 && effect!.worker === 'worker.2') continue;
    throw ledgerFailure(ledger, {
      action,
      expected: 'the effect by worker.2, which had taken the job over',
      actual: `${attempts.length} attempts, and the effect by ${effect!.worker}`,
      about: [id],
      moments,
    });
  }
}
