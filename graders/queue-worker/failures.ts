import {
  concurrently,
  defineStage,
  expect,
  type Http,
  holdRow,
  type OwnContext,
  PerhapsStalled,
  untilInTime,
} from 'backend-labs/kit';
import {
  type Accepted,
  expectDoneOnce,
  getJob,
  idsOf,
  pathOf,
  post,
  postAll,
  settled,
} from './api.ts';
import { clockSlack, postPatiently, room } from './bounds.ts';
import { flaky, type Job, poison, sum } from './job.ts';
import { attemptsOf, type Ledger, ledgerFailure } from './ledger.ts';
import { BACKOFF, DEAD_LETTERS } from './reading.ts';
import { BEGIN_MS, type Settings, settingsOf } from './settings.ts';

const PARALLEL_RETRIES = 8;
/** By which each job that always fails takes longer than the one before. */
const STEP_MS = 60;
/** Long enough for all of them to arrive, and less than anybody waits for an answer of Postgres. */
const HELD_MS = 900;

export default defineStage({
  id: 'failures',
  title: 'Jobs that fail',
  world: 'own',
  env: (random) => ({
    // The third pause tells doubling from adding.
    MAX_ATTEMPTS: '4',
    BACKOFF_BASE_MS: String(random.integer(300, 450)),
  }),
  checks: [
    {
      id: 'retries-with-backoff',
      title: 'A job that fails is tried again after pauses that double, until it succeeds',
      points: 3,
      needs: ['shows-failures'],
      timeoutMs: 120_000,
      hint: 'After failed attempt n the job is due again in BACKOFF_BASE_MS × 2^(n−1). Keep that moment in the store, as with a delay.',
      reference: BACKOFF,
      run: async ({ http, sql, env }) => {
        const settings = settingsOf(env);
        const [extra, slack] = [await room(http), await clockSlack(sql)];
        await untilInTime(async () => {
          const jobs = await postAll(http, [flaky(2), flaky(2, 40), flaky(1), flaky(0)]);
          const action = `POST /jobs with jobs that fail up to twice; BACKOFF_BASE_MS is ${settings.backoffMs}`;
          const withinMs = 5 * settings.backoffMs + 5_000 + extra;
          const ledger = await settled(sql, jobs, { withinMs, action });
          expectDoneOnce(ledger, jobs, action);
          for (const job of jobs) {
            const { id, attempts } = job;
            const begun = attemptsOf(ledger, id).length;
            if (begun !== attempts)
              throw ledgerFailure(ledger, {
                action,
                expected: `${attempts} attempts: it fails ${attempts - 1} times`,
                actual: `${begun}`,
                about: [id],
              });
            expectPauses(ledger, job, settings, { extra, slack, action });
          }
          return true;
        });
      },
    },
    {
      id: 'poison-is-dead',
      title: 'A job that always fails has MAX_ATTEMPTS, and then it is dead',
      points: 3,
      needs: ['retries-with-backoff'],
      timeoutMs: 120_000,
      hint: 'Count the attempts in the row of the job. When the last one fails, the job is `dead`: it keeps the error, and no attempt follows.',
      reference: DEAD_LETTERS,
      run: async (context) => {
        const { http, sql, env } = context;
        const settings = settingsOf(env);
        const { maxAttempts } = settings;
        const [extra, slack] = [await room(http), await clockSlack(sql)];
        const action = `POST /jobs with jobs that always fail; MAX_ATTEMPTS is ${maxAttempts}`;
        await untilInTime(async () => {
          // Eight, and each of another length, so that their pauses end one after the other: what the machine adds to
          // some that grow too little does not hide all of them.
          const bad = await postAll(
            http,
            Array.from({ length: 8 }, (_, i) => poison(STEP_MS * i)),
          );
          const last = await post(http, flaky(maxAttempts - 1));
          const withinMs = lifeOf(settings) + maxAttempts * STEP_MS * bad.length + extra;
          const ledger = await settled(sql, [...bad, last], { withinMs, action });
          for (const job of bad) {
            const { id } = job;
            expectDead(ledger, id, maxAttempts, action);
            expectPauses(ledger, job, settings, { extra, slack, action });
            expect(await getJob(http, { id })).toHaveJson({
              status: 'dead',
              attempts: maxAttempts,
              maxAttempts,
              result: null,
              error: `attempt ${maxAttempts} failed`,
            });
          }
          expectDoneOnce(ledger, [last], 'POST /jobs with a job whose last attempt succeeds');
          return true;
        });
      },
    },
    {
      id: 'lists-dead-letters',
      title: 'GET /dead-letters lists the jobs that are dead, the latest first',
      points: 2,
      needs: ['poison-is-dead'],
      timeoutMs: 120_000,
      hint: "SELECT … WHERE status = 'dead' ORDER BY finished_at DESC LIMIT 100.",
      reference: DEAD_LETTERS,
      run: async ({ http, sql, random }) => {
        const done = await post(http, sum(random));
        await settled(sql, [done], { withinMs: 10_000, action: 'POST /jobs' });
        // More than a page, and one that died before all others.
        await sql`
          INSERT INTO jobs (type, payload, status, attempts, max_attempts, error, started_at, finished_at)
          SELECT 'sum', '{"numbers":[1]}', 'dead', 1, 1, 'from another time', t, t
          FROM (SELECT now() - n * interval '1 minute' AS t FROM generate_series(1, 105) AS n) AS past`;
        // Others that have ended, or have failed so far.
        await sql`
          INSERT INTO jobs (type, payload, status, attempts, max_attempts, error, run_at, started_at, finished_at)
          SELECT 'sum', '{"numbers":[1]}', status, 1, 4, 'not dead', now() + interval '1 hour', now(),
            CASE status WHEN 'cancelled' THEN now() END
          FROM unnest(ARRAY['cancelled', 'queued']) AS status`;
        const rows = await sql<{ id: string; finished_at: Date }>`
          SELECT id, finished_at FROM jobs WHERE status = 'dead' ORDER BY finished_at DESC LIMIT 100`;
        const list = await http.get<{ items: Job[] }>('/dead-letters');
        expect(list).toHaveStatus(200);
        const listed = idsOf(list.json.items);
        // Of those that died in the same millisecond either may be first.
        const right = rows.toSorted(
          (a, b) =>
            b.finished_at.getTime() - a.finished_at.getTime() ||
            listed.indexOf(a.id) - listed.indexOf(b.id),
        );
        expect(listed, 'the ids in the list', list).toBe(idsOf(right));
        const [first] = list.json.items;
        expect(first, 'the first of the list', list).toBe((await getJob(http, first!)).json);
      },
    },
    {
      id: 'retry-revives',
      title: 'POST /jobs/{id}/retry gives a dead job MAX_ATTEMPTS further attempts',
      points: 2,
      needs: ['lists-dead-letters'],
      timeoutMs: 120_000,
      hint: 'Set the job to `queued` where it is `dead`, with max_attempts = attempts + MAX_ATTEMPTS, and queue it again. Attempts go on counting; the pauses begin anew.',
      reference: DEAD_LETTERS,
      run: async (context) => {
        await untilInTime(() => revives(context));
      },
    },
  ],
});

/** @throws {CheckFailure} */
async function revives({ http, sql, env, random }: OwnContext): Promise<boolean> {
  const settings = settingsOf(env);
  const { maxAttempts } = settings;
  const [extra, slack] = [await room(http), await clockSlack(sql)];
  const job = await post(http, flaky(maxAttempts + 2));
  const dying = `POST /jobs with a job that fails ${maxAttempts + 2} times`;
  const withinMs = lifeOf(settings) + extra;
  expectDead(await settled(sql, [job], { withinMs, action: dying }), job.id, maxAttempts, dying);
  // All of them come to the row before one gets it: who looked first, and changes it then, revives it twice.
  const row = await holdRow(sql, { table: 'jobs', column: 'id', value: job.id }, HELD_MS);
  const answers = await concurrently(PARALLEL_RETRIES, () => retry(http, job));
  await row.released;
  for (const answer of answers) expect(answer).toHaveStatus(202, 409);
  const accepted = answers.filter(({ status }) => status === 202);
  // None, where the one that took effect was answered 503 on a slow machine, and asked again.
  expect(accepted.length, `of ${PARALLEL_RETRIES} retries at once, those answered 202`).toBeAtMost(
    1,
  );
  for (const answer of accepted)
    expect(answer).toHaveJson({ id: job.id, maxAttempts: 2 * maxAttempts });
  const action = `POST ${pathOf(job)}/retry`;
  const ledger = await settled(sql, [job], { withinMs, action });
  expectDoneOnce(ledger, [job], action);
  const numbers = attemptsOf(ledger, job.id).map(({ attempt }) => attempt);
  expect(numbers, 'the numbers of its attempts').toBe(
    Array.from({ length: maxAttempts + 3 }, (_, i) => i + 1),
  );
  expectPauses(ledger, job, settings, { extra, slack, action, from: maxAttempts + 1 });
  const list = await http.get<{ items: Job[] }>('/dead-letters');
  expect(idsOf(list.json.items), 'the ids in the list, after the retry', list).notToInclude(job.id);
  expect(await retry(http, job)).toBeProblem(409);
  const waiting = await post(http, sum(random, { delayMs: 900_000 }));
  expect(await retry(http, waiting)).toBeProblem(409);
  return true;
}

const retry = (http: Http, job: { id: string }) => postPatiently<Job>(http, `${pathOf(job)}/retry`);

/** All attempts of a job that always fails, with the longest pauses that the contract allows. */
const lifeOf = ({ maxAttempts, backoffMs }: Settings): number =>
  1.5 * backoffMs * 2 ** (maxAttempts - 1) + maxAttempts * BEGIN_MS + 3_000;

/** @throws {CheckFailure} it is not dead after just so many attempts, or had an effect */
export function expectDead(ledger: Ledger, id: string, attempts: number, action: string): void {
  const job = ledger.jobs.find((row) => row.id === id)!;
  const begun = attemptsOf(ledger, id).length;
  const effects = ledger.effects.filter(({ jobId }) => jobId === id).length;
  if (job.status === 'dead' && begun === attempts && effects === 0 && job.attempts === begun)
    return;
  throw ledgerFailure(ledger, {
    action,
    expected: `it to be dead after ${attempts} attempts, without an effect`,
    actual: `it is ${job.status} after ${begun} attempts, with ${effects} effects${job.attempts === begun ? '' : `; jobs.attempts says ${job.attempts}`}`,
    about: [id],
  });
}

interface PauseBounds {
  /** What the machine may add. */
  extra: number;
  /** How far clocks may be apart. */
  slack: number;
  action: string;
  /** The first attempt of the round. */
  from?: number;
}

/**
 * The pause after failed attempt n is BACKOFF_BASE_MS × 2^(n−1), or up to half longer. Its work was
 * over when its time had passed, or a moment later: the statements that say so take time too.
 * For rounds of `untilInTime`: no machine shortens a pause, but each may make one longer.
 */
function expectPauses(
  ledger: Ledger,
  { id, input }: Accepted,
  { backoffMs }: Settings,
  { extra, slack, action, from = 1 }: PauseBounds,
): void {
  const { ms = 0 } = input.payload as { ms?: number };
  const attempts = attemptsOf(ledger, id).slice(from - 1);
  for (const [i, after] of attempts.slice(1).entries()) {
    const before = attempts[i]!;
    const longest = after.startedAt - (before.startedAt + ms);
    const shortest = after.startedAt - (before.endedAt ?? before.startedAt + ms);
    const least = backoffMs * 2 ** i;
    const tooShort = longest < least - slack;
    if (!tooShort && shortest <= 1.5 * least + BEGIN_MS + extra) continue;
    const failure = ledgerFailure(ledger, {
      action,
      expected: `a pause of ${least} ms or up to half more after attempt ${before.attempt} (BACKOFF_BASE_MS × 2^${i})`,
      actual: `${(tooShort ? longest : shortest).toFixed(0)} ms until the next attempt`,
      about: [id],
    });
    throw tooShort ? failure : new PerhapsStalled(failure);
  }
}
