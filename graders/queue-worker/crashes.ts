import { setTimeout as pause } from 'node:timers/promises';
import {
  attempt,
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
  post,
  postAll,
  settled,
  underWay,
  until,
} from './api.ts';
import { room } from './bounds.ts';
import { expectDead } from './failures.ts';
import { sleep, sum } from './job.ts';
import {
  type AttemptRow,
  attemptsOf,
  effectsOf,
  type Ledger,
  ledgerFailure,
  type Moment,
  moment,
  readLedger,
} from './ledger.ts';
import { IDEMPOTENT_CONSUMER, RELIABLE_QUEUE, STALLED } from './reading.ts';
import { type Settings, settingsOf, takeoverMs, WORKERS } from './settings.ts';

const START_MS = 15_000;

export default defineStage({
  id: 'crashes',
  title: 'Workers that die',
  world: 'own',
  env: (random) => ({
    // One is lost with its worker, and one may be lost where the machine stands still for as long as a lease.
    MAX_ATTEMPTS: '3',
    LEASE_MS: String(random.integer(2_000, 2_400)),
  }),
  checks: [
    {
      id: 'survives-worker-kill',
      title: 'kill -9 of a worker in the middle of its jobs: another does them, once',
      points: 5,
      needs: ['keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'A job that was taken stays in the store until it is done, with a lease that runs out. Someone looks for leases that have run out, and makes the job due again. What is popped and kept in memory dies with the worker.',
      reference: RELIABLE_QUEUE,
      run: async (context) => {
        await untilInTime((nth) => killedInTheMiddle(context, nth));
      },
    },
    {
      id: 'redelivery-has-no-effect',
      title:
        'A worker that dies after its effect and before it has told the queue: no second effect',
      points: 4,
      needs: ['survives-worker-kill'],
      timeoutMs: 120_000,
      hint: 'The queue delivers the job again, since nobody told it that the job is done. Whoever gets it looks into the row first, and begins nothing that is in a final state.',
      reference: IDEMPOTENT_CONSUMER,
      run: async (context) => {
        await untilInTime((nth) => killedAfterEffect(context, nth));
      },
    },
    {
      id: 'crash-loop-is-dead',
      title: 'A job whose worker dies in each attempt is dead after MAX_ATTEMPTS',
      points: 3,
      needs: ['survives-worker-kill', 'poison-is-dead'],
      timeoutMs: 120_000,
      hint: 'Count an attempt when it begins, in the row of the job. Whoever finds a job whose worker is gone and whose attempts are used up sets it to `dead`, and begins nothing.',
      reference: STALLED,
      run: async ({ http, sql, app, env, random }) => {
        const settings = settingsOf(env);
        const { maxAttempts } = settings;
        const extra = await room(http);
        const job = await post(http, sleep(9_000, 3));
        const action = `kill -9 of the worker in each attempt of a job; MAX_ATTEMPTS is ${maxAttempts}`;
        const moments: Moment[] = [];
        for (let n = 1; n <= maxAttempts; n += 1) {
          const ledger = await until(
            sql,
            [job],
            (now) =>
              now.attempts.length >= n
                ? undefined
                : { expected: `attempt ${n} to begin`, actual: 'it has not', about: [job.id] },
            { withinMs: takeoverMs(settings) + extra + 2_000, action, moments },
          );
          const { worker } = ledger.attempts.at(-1)!;
          await pause(random.integer(0, 150));
          await app.process(worker).kill();
          moments.push(await moment(sql, `kill -9 of ${worker}`));
          await app.process(worker).start();
        }
        const ledger = await settled(sql, [job], {
          withinMs: takeoverMs(settings) + extra,
          action,
          because: '2 × LEASE_MS + 1 s after the last kill',
          moments,
        });
        expectDead(ledger, job.id, maxAttempts, action);
        const list = await http.get<{ items: { id: string }[] }>('/dead-letters');
        expect(idsOf(list.json.items), 'the ids in the dead-letter list', list).toInclude(job.id);
      },
    },
  ],
});

/** False where its jobs were over before it was killed. @throws {CheckFailure} */
async function killedInTheMiddle(
  { http, sql, app, random, env }: OwnContext,
  nth: number,
): Promise<boolean> {
  const settings = settingsOf(env);
  const extra = await room(http);
  const ms = nth * random.integer(1_300, 1_600);
  for (const worker of WORKERS) await app.process(worker).start();
  const jobs = await postAll(
    http,
    Array.from({ length: WORKERS.length * settings.concurrency }, () => sleep(ms, 4)),
  );
  const victim = random.pick(WORKERS);
  const action = `kill -9 of ${victim} in the middle of jobs of ${ms} ms; LEASE_MS is ${settings.leaseMs}`;
  await hasBegun(sql, jobs, victim, action);
  const waiting = await postAll(
    http,
    Array.from({ length: 8 }, () => sum(random)),
  );
  // Early enough for its jobs to be under way still when a slow machine comes to kill it.
  await pause(random.integer(0, ms * 0.35));
  await app.process(victim).kill();
  const killed = await moment(sql, `kill -9 of ${victim}`);
  const { attempts } = await readLedger(sql, idsOf(jobs));
  const cut = attempts.filter(({ worker, outcome }) => worker === victim && outcome === null);
  // For the next round, in which it must not come late.
  if (cut.length === 0) await app.process(victim).start();
  const all = [...jobs, ...waiting];
  const ledger = await settled(sql, all, {
    withinMs: takeoverMs(settings) + 2 * ms + 3_000 + extra,
    action,
    moments: [killed],
    because: `the next attempt begins within 2 × LEASE_MS + 1 s`,
  });
  expectDoneOnce(ledger, all, action, [killed]);
  expectTakenOverSoon(ledger, cut, { settings, extra, action, killed });
  return cut.length > 0;
}

/** @throws {CheckFailure} the next attempt began long after the kill */
function expectTakenOverSoon(
  ledger: Ledger,
  cut: readonly AttemptRow[],
  {
    settings,
    extra,
    action,
    killed,
  }: { settings: Settings; extra: number; action: string; killed: Moment },
): void {
  for (const { id, jobId } of cut) {
    const next = attemptsOf(ledger, jobId).find((one) => one.id > id);
    const took = (next?.startedAt ?? killed.at) - killed.at;
    if (took <= takeoverMs(settings) + extra) continue;
    throw new PerhapsStalled(
      ledgerFailure(ledger, {
        action,
        expected: `the next attempt within ${takeoverMs(settings) / 1_000} s of the kill (2 × LEASE_MS + 1 s)`,
        actual: `it began ${(took / 1_000).toFixed(2)} s after it`,
        about: [jobId],
        moments: [killed],
      }),
    );
  }
}

/**
 * False where the effect was there before the worker lost Redis, or had not come, or the other job was over, when it was killed.
 * @throws {CheckFailure}
 */
async function killedAfterEffect(
  { http, sql, app, redis, env }: OwnContext,
  nth: number,
): Promise<boolean> {
  const settings = settingsOf(env);
  const extra = await room(http);
  await app.process('worker.1').start();
  await app.process('worker.2').terminate(10_000);
  const [shortMs, longMs] = [nth * 1_200, nth * 2_700];
  const [short, long] = await postAll(http, [sleep(shortMs), sleep(longMs)]);
  const all = [short!, long!];
  const action = `kill -9 of worker.1 after the effect of a job, while it cannot reach Redis`;
  await underWay(sql, all, { withinMs: START_MS, action: 'POST /jobs' });
  redis.of('worker.1').blackhole();
  const moments: Moment[] = [await moment(sql, 'worker.1 cannot reach Redis any more')];
  // Whether it can commit without Redis is up to the app; long before the other job is over.
  await attempt(() =>
    until(
      sql,
      [short!],
      (ledger) =>
        ledger.effects.length > 0
          ? undefined
          : { expected: 'an effect', actual: 'none', about: [short!.id] },
      { withinMs: shortMs + 700, action },
    ),
  );
  await app.process('worker.1').kill();
  moments.push(await moment(sql, 'kill -9 of worker.1'));
  const atKill = await readLedger(sql, idsOf(all));
  await redis.restore();
  await app.process('worker.2').start();
  moments.push(await moment(sql, 'worker.2 is started'));
  // Once the long job has come back and is done, what there was to come back of the short one has.
  const ledger = await settled(sql, all, {
    withinMs: takeoverMs(settings) + START_MS + longMs + extra,
    action,
    moments,
  });
  expectDoneOnce(ledger, all, action, moments);
  expectNoneBegunWhenDone(ledger, all, action, moments);
  const [effect] = effectsOf(atKill, short!.id);
  const isUntold = effect !== undefined && effect.doneAt > moments[0]!.at;
  return isUntold && effectsOf(atKill, long!.id).length === 0;
}

/** Waits until this worker has begun one of the jobs; the other may have done them all, where this one stood still. */
async function hasBegun(
  sql: OwnContext['sql'],
  jobs: readonly Accepted[],
  worker: string,
  action: string,
): Promise<void> {
  const { failure } = await attempt(() =>
    until(
      sql,
      jobs,
      ({ attempts }) =>
        attempts.some((one) => one.worker === worker)
          ? undefined
          : {
              expected: `${worker} to begin one of them`,
              actual: 'it has not',
              about: idsOf(jobs),
            },
      { withinMs: 5_000, action },
    ),
  );
  if (failure !== undefined) throw new PerhapsStalled(failure);
}

/** @throws {CheckFailure} an attempt began after the job had its effect */
export function expectNoneBegunWhenDone(
  ledger: Ledger,
  jobs: readonly { id: string }[],
  action: string,
  moments: readonly Moment[],
): void {
  for (const { id } of jobs) {
    const done = effectsOf(ledger, id)[0]!.doneAt;
    const after = attemptsOf(ledger, id).filter(({ startedAt }) => startedAt > done);
    if (after.length === 0) continue;
    throw ledgerFailure(ledger, {
      action,
      expected: 'no attempt of a job that is completed',
      actual: `attempt ${after[0]!.attempt} began in ${after[0]!.worker} after the effect`,
      about: [id],
      moments,
    });
  }
}
