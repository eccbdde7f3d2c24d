import { setTimeout as pause } from 'node:timers/promises';
import {
  CheckFailure,
  commandLines,
  defineStage,
  type OwnContext,
  PerhapsStalled,
  statementLines,
  untilInTime,
} from 'backend-labs/kit';
import { type Accepted, expectDoneOnce, post, postAll, settled, underWay } from './api.ts';
import { room, watchForStalls } from './bounds.ts';
import { digest, flaky, newText, poison, sleep, sum, type Task } from './job.ts';
import { type AttemptRow, type Ledger, ledgerFailure, seconds } from './ledger.ts';
import { BACKLOGS, BLOCKING, COMPETING, PROCESSES } from './reading.ts';
import { settingsOf, WORKERS } from './settings.ts';

const HUNDREDS = 300;
/** With their payloads they are more than may be left in Redis. */
const TEXT_LENGTH = 9_000;

/** How long the app is watched while it has nothing to do. */
const IDLE_MS = 2_000;
/** Commands and statements a second of a process that is idle, by the contract. */
const IDLE_RATE = 20;

const MOST_KEYS = 100;
const MOST_BYTES = 1 << 20;
const LEFT_MS = 5_000;

export default defineStage({
  id: 'plenty',
  title: 'Many jobs, two workers',
  world: 'own',
  // A pause so long that who keeps the room meanwhile shows; and few, so that it is over soon.
  env: (random) => ({
    MAX_ATTEMPTS: '2',
    BACKOFF_BASE_MS: String(random.integer(2_400, 2_800)),
  }),
  checks: [
    {
      id: 'hundreds-done-once',
      title: `${HUNDREDS} jobs: none is lost, and none has its effect twice`,
      points: 5,
      needs: ['does-jobs', 'keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'Take a job from the queue in one atomic step, so that no other worker gets it too; and let an UPDATE that finds the job still yours decide about the effect.',
      reference: COMPETING,
      run: async ({ http, sql, env, random }) => {
        const { leaseMs } = settingsOf(env);
        const stalls = watchForStalls();
        const jobs = await postAll(http, tasksFor(random), { atOnce: 12 });
        const action = `POST /jobs, ${HUNDREDS} times`;
        const ledger = await settled(sql, jobs, {
          // Done one after the other they take a third of this.
          withinMs: 30_000 + (await room(http)),
          action,
        });
        const stalledMs = stalls.end();
        expectDoneOnce(ledger, jobs, action);
        // A machine that stood still lets leases run out that were renewed in time.
        if (stalledMs > leaseMs / 4) return;
        expectNoneTwice(ledger.attempts, jobs, (expected, actual, about) =>
          ledgerFailure(ledger, { action, expected, actual, about }),
        );
      },
    },
    {
      id: 'concurrency-is-bounded',
      title:
        'Each worker works on at least 2 jobs at a time, and never on more than WORKER_CONCURRENCY',
      points: 3,
      needs: ['hundreds-done-once'],
      timeoutMs: 120_000,
      hint: 'WORKER_CONCURRENCY is a number of slots in each process. A slot is free again when its attempt is over and has its outcome.',
      reference: PROCESSES,
      run: async ({ http, sql, env }) => {
        const { concurrency } = settingsOf(env);
        await untilInTime(async (nth) => {
          const ms = nth * 250;
          const tasks = Array.from({ length: WORKERS.length * concurrency * 4 }, () => sleep(ms));
          const action = `POST /jobs, ${tasks.length} times, each a job of ${ms} ms; WORKER_CONCURRENCY is ${concurrency}`;
          // All at once: so that there are more than all slots take, however slow a request is.
          const jobs = await postAll(http, tasks, { atOnce: tasks.length });
          const ledger = await settled(sql, jobs, { withinMs: 20_000, action });
          expectDoneOnce(ledger, jobs, action);
          const most = WORKERS.map((one) => expectBounded(ledger, one, concurrency, action));
          // Who begins so slowly that no slot is wanting shows no bound.
          return Math.min(...most) >= concurrency;
        });
      },
    },
    {
      id: 'long-job-holds-up-none',
      title: 'While a worker is at a long job, it does others beside it',
      points: 2,
      needs: ['concurrency-is-bounded'],
      timeoutMs: 120_000,
      hint: 'Fill each slot as soon as it is free. To take some jobs and wait for all of them before you take the next lets the slowest set the pace.',
      reference: COMPETING,
      run: async ({ http, sql, app, random }) => {
        await app.process('worker.2').terminate(10_000);
        const ms = 2_500;
        // Taken together with some others, which are done at once, or with none; not with those that come later.
        const long = await post(http, sleep(ms));
        const others = await postAll(http, [sum(random), sum(random), sum(random)]);
        const action = `a job of ${ms} ms in worker.1, the only worker, and short ones beside it`;
        await underWay(sql, [long], { withinMs: 5_000, action });
        const later = await postAll(
          http,
          Array.from({ length: 6 }, () => sum(random)),
        );
        const all = [long, ...others, ...later];
        const ledger = await settled(sql, all, { withinMs: ms + 10_000, action });
        expectDoneOnce(ledger, all, action);
        const end = ledger.attempts.find(({ jobId }) => jobId === long.id)!.endedAt!;
        const meanwhile = ledger.attempts.filter(
          ({ jobId, startedAt }) => later.some(({ id }) => id === jobId) && startedAt < end,
        );
        if (meanwhile.length === 0)
          throw ledgerFailure(ledger, {
            action,
            expected: 'jobs that come while the long one is under way to begin before it ends',
            actual: `none of ${later.length} did`,
            about: [long.id, later[0]!.id],
          });
      },
    },
    {
      id: 'poison-holds-up-nobody',
      title: 'While jobs pause after failures, more of them than there is room for, others go on',
      points: 3,
      needs: ['hundreds-done-once', 'retries-with-backoff'],
      timeoutMs: 120_000,
      hint: 'Let go of the job between two attempts: put it back with the moment when it is due. To sleep in the worker keeps its room, and a few bad jobs stop the whole queue.',
      reference: BACKLOGS,
      run: async (context) => {
        await untilInTime(() => othersGoOn(context));
      },
    },
    {
      id: 'leaves-little-in-redis',
      title: 'Jobs that have ended leave at most 100 keys and 1 MiB in Redis',
      points: 2,
      needs: ['hundreds-done-once'],
      timeoutMs: 120_000,
      hint: 'Delete what the queue holds of a job when it has ended (in BullMQ: removeOnComplete and removeOnFail), and bound every stream (XADD … MAXLEN).',
      reference: BACKLOGS,
      run: async ({ http, redis, sql }) => {
        const deadline = performance.now() + LEFT_MS + (await room(http));
        const [{ count } = { count: 0 }] = await sql<{ count: number }>`
          SELECT count(*)::int AS count FROM jobs`;
        for (;;) {
          const keys = await redis.keys();
          const sizes = await Promise.all(
            keys
              .slice(0, 500)
              // Of all that is in it: five of its parts, which it looks at by itself, may be small ones.
              .map((key) => redis.command<number | null>('MEMORY', 'USAGE', key, 'SAMPLES', '0')),
          );
          const bytes = sizes.reduce<number>((total, size) => total + (size ?? 0), 0);
          if (keys.length <= MOST_KEYS && bytes <= MOST_BYTES) return;
          if (performance.now() > deadline)
            throw new CheckFailure({
              action: `look into Redis after ${count} jobs have ended`,
              expected: `at most ${MOST_KEYS} keys and ${MOST_BYTES} bytes, ${LEFT_MS / 1_000} s after the last has ended`,
              actual: `${keys.length} keys, ${bytes} bytes`,
              evidence: [
                { kind: 'text', title: 'Some of the keys', text: keys.slice(0, 12).join('\n') },
              ],
            });
          await pause(100);
        }
      },
    },
    {
      id: 'idle-is-quiet',
      title: 'A process that has nothing to do takes at most 20 commands and statements a second',
      points: 2,
      needs: ['does-jobs'],
      timeoutMs: 120_000,
      hint: 'Wait for a job with a command that blocks (BLMOVE, BZPOPMIN, XREADGROUP … BLOCK) or with LISTEN/NOTIFY; sweep for lost ones a few times a second at most.',
      reference: BLOCKING,
      run: async (context) => {
        const { redis, postgres, app } = context;
        await idle(context);
        const watched = app.processes.map(({ name }) => ({
          name,
          redis: redis.of(name),
          postgres: postgres.of(name),
        }));
        const before = watched.map((one) => [
          one.redis.commands().length,
          one.postgres.statements().length,
        ]);
        const begin = performance.now();
        await pause(IDLE_MS);
        const took = performance.now() - begin;
        // A window that begins just before what comes once a second has one more of it.
        const most = Math.ceil((IDLE_RATE * took) / 1_000) + 5;
        for (const [i, one] of watched.entries()) {
          const commands = one.redis.commands().slice(before[i]![0]);
          const statements = one.postgres.statements().slice(before[i]![1]);
          if (commands.length + statements.length <= most) continue;
          throw new CheckFailure({
            action: `watch ${one.name} for ${(took / 1_000).toFixed(1)} s in which no job comes, waits or runs`,
            expected: `at most ${IDLE_RATE} Redis commands and SQL statements a second, together`,
            actual: `${commands.length} commands and ${statements.length} statements`,
            evidence: [
              {
                kind: 'statements',
                title: 'Some of them',
                statements: [
                  ...commandLines(commands.slice(-6)),
                  ...statementLines(statements.slice(-6)),
                ],
              },
            ],
          });
        }
      },
    },
  ],
});

function tasksFor(random: OwnContext['random']): Task[] {
  const make = [
    () => sleep(random.integer(0, 40)),
    () => sum(random),
    () => digest(newText(random, 10).repeat(TEXT_LENGTH / 10)),
    () => flaky(0, random.integer(0, 20)),
  ];
  const tasks = Array.from({ length: HUNDREDS - 10 }, (_, i) => make[i % make.length]!());
  return random.shuffle([...tasks, ...Array.from({ length: 10 }, () => flaky(1))]);
}

/** As many attempts as the job needs: while no worker is lost, nobody begins a job that somebody has. */
function expectNoneTwice(
  attempts: readonly AttemptRow[],
  jobs: readonly Accepted[],
  wrong: (expected: string, actual: string, about: string[]) => CheckFailure,
): void {
  const counts = new Map<string, number>();
  for (const { jobId } of attempts) counts.set(jobId, (counts.get(jobId) ?? 0) + 1);
  const more = jobs.filter(({ id, attempts: needed }) => (counts.get(id) ?? 0) > needed);
  if (more.length === 0) return;
  throw wrong(
    'one attempt for each job, and one more for each failure: no worker was lost',
    `${more.length} of ${jobs.length} jobs had more`,
    more.map(({ id }) => id),
  );
}

/** The attempts that were under way together, at the moment when they were most. */
function fullestMoment(attempts: readonly AttemptRow[]): AttemptRow[] {
  return attempts
    .map(({ startedAt }) =>
      attempts.filter(
        (other) => other.startedAt <= startedAt && (other.endedAt ?? Infinity) > startedAt,
      ),
    )
    .reduce((most, some) => (some.length > most.length ? some : most), []);
}

/**
 * @returns how many jobs it worked on at a time, at most
 * @throws {CheckFailure} they were too many, or too few
 */
function expectBounded(
  ledger: Ledger,
  worker: string,
  concurrency: number,
  action: string,
): number {
  const attempts = ledger.attempts.filter((attempt) => attempt.worker === worker);
  const fullest = fullestMoment(attempts);
  const wrong = (expected: string, actual: string) =>
    ledgerFailure(ledger, {
      action,
      expected,
      actual,
      about: fullest.map(({ jobId }) => jobId),
    });
  if (fullest.length > concurrency)
    throw wrong(
      `at most ${concurrency} attempts at a time in one worker`,
      `${fullest.length} in ${worker}`,
    );
  // While it stood still, the other one may have done the work.
  if (attempts.length === 0)
    throw new PerhapsStalled(wrong('both workers to work', `${worker} had no job`));
  if (fullest.length < 2)
    throw new PerhapsStalled(
      wrong(
        'each worker to work on at least 2 jobs at a time, where many wait',
        `never more than 1 in ${worker}`,
      ),
    );
  return fullest.length;
}

/** False where the good jobs came so late that the bad ones had paused for a while. @throws {CheckFailure} */
async function othersGoOn({ http, sql, env, random }: OwnContext): Promise<boolean> {
  const { backoffMs, concurrency } = settingsOf(env);
  const many = WORKERS.length * concurrency + 2;
  // At once: the good ones must have come before the pauses of the bad ones are over.
  const bad = await postAll(
    http,
    Array.from({ length: many }, () => poison()),
    { atOnce: many },
  );
  const good = await postAll(
    http,
    Array.from({ length: 10 }, () => sum(random)),
    { atOnce: 10 },
  );
  const action = `POST /jobs with ${many} jobs that always fail, then with ${good.length} others; BACKOFF_BASE_MS is ${backoffMs}`;
  const wait = { withinMs: 6 * backoffMs + 10_000, action };
  const ledger = await settled(sql, [...bad, ...good], wait);
  expectDoneOnce(ledger, good, action);
  const begun = (id: string) => ledger.attempts.find(({ jobId }) => jobId === id)!.startedAt;
  const accepted = good.map(({ id }) => ledger.jobs.find((job) => job.id === id)!.createdAt);
  const waited = good.map(({ id }, i) => begun(id) - accepted[i]!);
  const shortest = Math.min(...waited);
  if (shortest >= 0.8 * backoffMs)
    throw new PerhapsStalled(
      ledgerFailure(ledger, {
        action,
        expected: 'the good jobs to begin while the bad ones pause',
        actual: `the first of them began ${seconds(shortest)} after it was accepted, as a pause was over`,
        about: [good[waited.indexOf(shortest)]!.id, bad[0]!.id],
      }),
    );
  const first = Math.min(...ledger.attempts.map(({ startedAt }) => startedAt));
  return Math.max(...accepted) - first <= 0.2 * backoffMs;
}

/** Waits until nothing is under way, and the workers have seen that. */
async function idle({ http, sql, random }: OwnContext): Promise<void> {
  const jobs = await postAll(
    http,
    Array.from({ length: 4 }, () => sum(random)),
  );
  await settled(sql, jobs, { withinMs: 10_000, action: 'POST /jobs' });
  await pause(300);
}
