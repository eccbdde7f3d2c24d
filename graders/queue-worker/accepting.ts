import { setTimeout as pause } from 'node:timers/promises';
import {
  defineStage,
  eventually,
  expect,
  type Http,
  type Response,
  type SharedContext,
  untilInTime,
} from 'backend-labs/kit';
import { expectDoneOnce, getJob, isFinal, pathOf, post, postAll, settled, until } from './api.ts';
import { databaseNow, room } from './bounds.ts';
import { digest, flaky, type Job, newText, sleep, sum } from './job.ts';
import { attemptsOf, ledgerFailure, readLedger } from './ledger.ts';
import { ACCEPTED, ASYNC_REPLY, COMPETING } from './reading.ts';
import { settingsOf, WORKERS } from './settings.ts';
import { expectConsistent, expectProgress, expectTime, TIMES } from './truth.ts';

/** For a job that has nothing in its way but the other checks’. */
const WITHIN = 10_000;

/** Between a time in the ledger and the same in `jobs`: two statements, on a machine that is busy. */
const STATEMENTS_MS = 4_000;

export default defineStage({
  id: 'accepting',
  title: 'From 202 to the result',
  world: 'shared',
  checks: [
    {
      id: 'answers-health',
      title: 'GET /healthz says that the app can serve',
      points: 1,
      timeoutMs: 60_000,
      hint: 'Answer 200 with {"status":"ok"} as application/json.',
      reference: ACCEPTED,
      run: async ({ http }) => {
        const health = await http.get('/healthz');
        expect(health).toHaveStatus(200);
        expect(health).toHaveJson({ status: 'ok' });
      },
    },
    {
      id: 'accepts-job',
      title: 'POST /jobs stores the job and answers 202 with it and with where it is',
      points: 2,
      timeoutMs: 60_000,
      hint: 'Insert into `jobs`, hand the job to the queue, and answer 202 with Location: /jobs/{id}, before anything of it is done.',
      reference: ASYNC_REPLY,
      run: async ({ http, sql, random, env }) => {
        const { maxAttempts } = settingsOf(env);
        const priority = random.integer(1, 9);
        const delayMs = random.integer(600_000, 900_000);
        const plain = await post(http, sum(random));
        const delayed = await post(http, sleep(random.integer(0, 50), 2, { priority, delayMs }));
        for (const { answer, id, input } of [plain, delayed]) {
          const location = URL.parse(answer.requiredHeader('Location'), answer.exchange.url);
          expect(location?.pathname, 'the path of the Location', answer).toBe(`/jobs/${id}`);
          expect(answer).toHaveJson({
            type: input.type,
            priority: input.priority ?? 5,
            maxAttempts,
          });
          const { createdAt, runAt } = answer.json;
          const wait = Date.parse(runAt) - Date.parse(createdAt);
          expect(
            Math.abs(wait - (input.delayMs ?? 0)) <= 50,
            'runAt − createdAt as sent',
            answer,
          ).toBe(true);
          const [row] = await sql`
            SELECT type, priority, max_attempts, payload FROM jobs WHERE id = ${id}`;
          expect(row, 'its row in jobs', answer).toBe({
            type: input.type,
            priority: input.priority ?? 5,
            max_attempts: maxAttempts,
            payload: input.payload,
          });
        }
        expect(delayed.answer).toHaveJson({
          status: 'queued',
          attempts: 0,
          progress: 0,
          result: null,
          error: null,
          startedAt: null,
          finishedAt: null,
        });
        expect(await getJob(http, delayed)).toHaveJson({ ...delayed.answer.json });
      },
    },
    {
      id: 'does-jobs',
      title: 'Jobs of each type come to their result',
      points: 2,
      needs: ['accepts-job'],
      timeoutMs: 60_000,
      hint: 'A worker takes the job from the queue, does what its type says, and stores the result. Length and hash of a text are those of its UTF-8.',
      reference: COMPETING,
      run: async ({ http, random }) => {
        const tasks = [
          sum(random),
          sum(random),
          digest(newText(random, random.integer(20, 200))),
          digest(''),
          sleep(random.integer(20, 90)),
          sleep(0, 20),
          flaky(0),
          flaky(0, 30),
        ];
        for (const job of await postAll(http, tasks)) {
          const done = await completed(http, job);
          expect(done).toHaveJson({
            status: 'completed',
            progress: 100,
            result: job.result,
            error: null,
          });
        }
      },
    },
    {
      id: 'large-payload',
      title: 'A text of 100 KB arrives whole',
      points: 1,
      needs: ['does-jobs'],
      timeoutMs: 60_000,
      hint: 'Accept bodies up to 256 KiB. The broker need not carry them: the id of the job is enough.',
      reference: ACCEPTED,
      run: async ({ http, random }) => {
        const part = newText(random, 2_000);
        const text = part.repeat(Math.ceil(100_000 / Buffer.byteLength(part)));
        const job = await post(http, digest(text));
        expect(await completed(http, job)).toHaveJson({
          status: 'completed',
          result: job.result,
        });
      },
    },
    {
      id: 'keeps-ledger',
      title: 'Each attempt and each effect is in the ledger, with the worker that made it',
      points: 2,
      needs: ['does-jobs'],
      timeoutMs: 60_000,
      hint: 'Insert a row into `attempts` before the work, with PROCESS_NAME as the worker and 1 as the first attempt; set its outcome when the work is over, and insert into `effects` as the job completes.',
      reference: COMPETING,
      run: async ({ http, sql, random }) => {
        const ms = random.integer(150, 300);
        const jobs = await postAll(http, [sleep(ms), sum(random), flaky(1)]);
        const action = `POST /jobs, ${jobs.length} times`;
        const ledger = await settled(sql, jobs, { withinMs: WITHIN, action });
        expectDoneOnce(ledger, jobs, action);
        for (const { id, attempts, input } of jobs) {
          const wrong = (expected: string, actual: string) =>
            ledgerFailure(ledger, { action, expected, actual, about: [id] });
          const rows = attemptsOf(ledger, id);
          const outcomes = Array.from(
            { length: attempts },
            (_, i) => `${i + 1} ${i + 1 === attempts ? 'completed' : 'failed'}`,
          );
          // That none begins twice is for another check to say; the second one then has no outcome.
          const told = rows
            .filter(({ outcome }) => outcome !== null && outcome !== 'lost')
            .map(({ attempt, outcome }) => `${attempt} ${outcome}`);
          if ([...new Set(told)].join(', ') !== outcomes.join(', '))
            throw wrong(
              `rows in attempts, numbered from 1, with their outcomes: ${outcomes.join(', ')}`,
              told.length === 0 ? `${rows.length} rows, none with an outcome` : told.join(', '),
            );
          const effect = ledger.effects.find(({ jobId }) => jobId === id)!;
          const last = rows.findLast(({ outcome }) => outcome === 'completed')!;
          for (const { worker } of rows)
            if (!(WORKERS as readonly string[]).includes(worker))
              throw wrong(
                'as the worker, PROCESS_NAME of the process: worker.1 or worker.2',
                worker,
              );
          const its = rows.some(
            ({ worker, attempt }) => worker === effect.worker && attempt === effect.attempt,
          );
          if (!its || effect.attempt !== last.attempt)
            throw wrong(
              `the effect by attempt ${last.attempt} in ${last.worker}`,
              `by attempt ${effect.attempt} in ${effect.worker}`,
            );
          const took = last.endedAt! - last.startedAt;
          if (input.type === 'sleep' && took < ms - 5)
            throw wrong(
              `the row in attempts before the work, and its end after it: ${ms} ms or more`,
              `${took.toFixed(0)} ms`,
            );
          const job = ledger.jobs.find((row) => row.id === id)!;
          if (job.attempts !== attempts)
            throw wrong(`jobs.attempts to be ${attempts}`, `${job.attempts}`);
          if (Math.abs(job.startedAt! - rows[0]!.startedAt) > STATEMENTS_MS)
            throw wrong('startedAt when the first attempt began', 'another time');
          if (Math.abs(job.finishedAt! - last.endedAt!) > STATEMENTS_MS)
            throw wrong('finishedAt when the last attempt ended', 'another time');
        }
      },
    },
    {
      id: 'row-is-truth',
      title: 'GET /jobs/{id} says what the row in jobs says',
      points: 1,
      needs: ['does-jobs'],
      timeoutMs: 60_000,
      hint: 'Read the job from Postgres for each request: what another program changes there shows in the next answer.',
      reference: ASYNC_REPLY,
      run: async ({ http, sql, random }) => {
        const [done, waiting] = [
          await post(http, sum(random)),
          await post(http, sleep(5, 1, { delayMs: 900_000 })),
        ];
        await settled(sql, [done], { withinMs: WITHIN, action: 'POST /jobs' });
        const [row] = await sql`
          UPDATE jobs SET priority = ${random.integer(1, 4)}, status = 'dead', attempts = 2, progress = 40,
            error = ${random.title()}, started_at = clock_timestamp(), finished_at = clock_timestamp()
          WHERE id = ${waiting.id} RETURNING *`;
        const inserted = { numbers: [1, 2] };
        const [own] = await sql`
          INSERT INTO jobs (type, payload, max_attempts, run_at)
          VALUES ('sum', ${JSON.stringify(inserted)}, 2, now() + interval '1 hour') RETURNING *`;
        expect(await getJob(http, done)).toHaveJson({ status: 'completed', priority: 5 });
        const priority = random.integer(6, 9);
        await sql`UPDATE jobs SET priority = ${priority} WHERE id = ${done.id}`;
        const { jobs } = await readLedger(sql, [done.id]);
        for (const expected of [row!, own!]) {
          const found = await getJob(http, expected as Job, { note: 'as SQL has written it' });
          expect(found).toHaveJson({
            type: expected['type'],
            status: expected['status'],
            priority: expected['priority'],
            attempts: expected['attempts'],
            maxAttempts: expected['max_attempts'],
            progress: expected['progress'],
            result: null,
            error: expected['error'],
          });
          for (const [member, column] of Object.entries(TIMES))
            expectTime(found, member as keyof typeof TIMES, expected[column]?.getTime() ?? null);
        }
        const found = await getJob(http, done, { note: 'whose priority SQL has changed' });
        expect(found).toHaveJson({ status: 'completed', priority });
        for (const member of Object.keys(TIMES) as (keyof typeof TIMES)[])
          expectTime(found, member, jobs[0]![member]);
      },
    },
    {
      id: 'shows-progress',
      title: 'Status, progress and times are true at every step',
      points: 2,
      needs: ['does-jobs', 'keeps-ledger'],
      timeoutMs: 60_000,
      hint: 'Commit the new progress after each step, not at the end; set it to 0 as an attempt begins. Let status, result and times change in one statement.',
      reference: ASYNC_REPLY,
      run: async (context) => {
        await untilInTime(() => progresses(context));
      },
    },
    {
      id: 'shows-failures',
      title:
        'Between two attempts a job is queued, with the error; when it completes the error is gone',
      points: 1,
      needs: ['keeps-ledger'],
      timeoutMs: 60_000,
      hint: 'When an attempt fails and another is left, the job is `queued` again, with `error` set. Completing it sets `error` to null.',
      reference: ASYNC_REPLY,
      run: async (context) => {
        // On a slow machine every look may come after the pause: then another job is looked at.
        await untilInTime(() => failsTwice(context), 4);
      },
    },
  ],
});

/** False where no look fell into the middle of the job. @throws {CheckFailure} what was seen is not true */
async function progresses({
  http,
  sql,
  random,
}: Pick<SharedContext, 'http' | 'sql' | 'random'>): Promise<boolean> {
  const [steps, part] = [random.integer(6, 8), 300];
  const job = await post(http, sleep(steps * part, steps));
  const seen: Response<Job>[] = [job.answer];
  const bound = performance.now() + WITHIN + (await room(http));
  let watchedMs = 0;
  for (;;) {
    const now = await databaseNow(sql);
    const found = await getJob(http, job);
    expectConsistent(found);
    expectProgress(found, seen.at(-1)!, { steps, part, now, later: await databaseNow(sql) });
    seen.push(found);
    const { status, startedAt } = found.json;
    if (status === 'running' && startedAt !== null) watchedMs = now - Date.parse(startedAt);
    if (isFinal(status) || performance.now() > bound) break;
    await pause(40);
  }
  const last = seen.at(-1)!;
  expect(last).toHaveJson({ status: 'completed', progress: 100, result: job.result });
  // What was ahead of the work shows when it is over.
  const { attempts } = await readLedger(sql, [job.id]);
  const took = attempts[0]!.endedAt! - attempts[0]!.startedAt;
  if (took < steps * part - 5)
    throw last.failure(`an attempt of ${steps * part} ms or more`, `${took.toFixed(0)} ms`);
  // By then a progress that never grows is too low.
  return watchedMs > 5 * part;
}

/** False where no look fell into a pause. @throws {CheckFailure} what was seen is not as the contract has it */
async function failsTwice({
  http,
  sql,
  random,
  env,
}: Pick<SharedContext, 'http' | 'sql' | 'random' | 'env'>): Promise<boolean> {
  const { backoffMs } = settingsOf(env);
  const job = await post(http, flaky(2, random.integer(20, 60)));
  const action = `POST /jobs with a job that fails twice`;
  const wait = { withinMs: WITHIN, action };
  let startedAt: string | null = null;
  let looks = 0;
  for (const attempt of [1, 2]) {
    await until(
      sql,
      [job],
      (ledger) => {
        const failed = attemptsOf(ledger, job.id)[attempt - 1]?.outcome === 'failed';
        if (failed) return undefined;
        return {
          expected: `attempt ${attempt} to fail`,
          actual: 'no such row in attempts',
          about: [job.id],
        };
      },
      wait,
    );
    // What is written apart from the outcome may come a moment later.
    await pause(60);
    const sent = await databaseNow(sql);
    const found = await getJob(http, job, { note: `after attempt ${attempt} has failed` });
    expectConsistent(found);
    startedAt ??= found.json.startedAt;
    const { attempts } = await readLedger(sql, [job.id]);
    const ended = attempts[attempt - 1]!.endedAt!;
    // Within the pause, unless the machine was slow.
    const inPause =
      attempts.length === attempt &&
      (await databaseNow(sql)) < ended + backoffMs * 2 ** (attempt - 1) &&
      sent > ended + 50;
    if (!inPause) continue;
    looks += 1;
    expect(found).toHaveJson({
      status: 'queued',
      attempts: attempt,
      error: `attempt ${attempt} failed`,
    });
  }
  const ledger = await settled(sql, [job], wait);
  expectDoneOnce(ledger, [job], action);
  for (const { attempt, outcome, error } of ledger.attempts.slice(0, 2))
    expect({ outcome, error }, `attempt ${attempt} in attempts`).toBe({
      outcome: 'failed',
      error: `attempt ${attempt} failed`,
    });
  expect(await http.get(pathOf(job))).toHaveJson({
    status: 'completed',
    attempts: 3,
    error: null,
    progress: 100,
    result: { attempt: 3 },
    runAt: job.answer.json.runAt,
    startedAt,
  });
  return looks > 0;
}

/** Asks until the job is in a final state, and gives that answer. */
async function completed(http: Http, job: { id: string }): Promise<Response<Job>> {
  return eventually(
    async () => {
      const found = await getJob(http, job);
      if (isFinal(found.json.status)) return found;
      throw found.failure('"status": "completed"', `"status": "${found.json.status}"`);
    },
    { withinMs: WITHIN, everyMs: 60 },
  );
}
