import { setTimeout as pause } from 'node:timers/promises';
import {
  attempt,
  concurrently,
  defineStage,
  eventually,
  expect,
  type OwnContext,
  type RedisProbe,
  type Response,
  untilInTime,
} from 'backend-labs/kit';
import { expectAlive } from './alive.ts';
import {
  type Accepted,
  expectDoneOnce,
  getJob,
  idsOf,
  pathOf,
  post,
  postAll,
  settled,
  underWay,
} from './api.ts';
import { room } from './bounds.ts';
import { type Job, sleep, sum, type Task } from './job.ts';
import { type Moment, moment, readLedger } from './ledger.ts';
import { IDEMPOTENT_CONSUMER, OUTBOX } from './reading.ts';
import { OUTAGE_ANSWER_MS, RECOVERY_MS, settingsOf, takeoverMs } from './settings.ts';

const FAULTS = {
  'drops and refuses connections': 'cut',
  'accepts connections and says nothing': 'blackhole',
} as const;

export default defineStage({
  id: 'outages',
  title: 'Redis or Postgres away',
  world: 'own',
  env: (random) => ({ LEASE_MS: String(random.integer(1_500, 2_500)) }),
  checks: [
    {
      id: 'no-202-is-lost-without-redis',
      title: 'While Redis is away POST /jobs is 202 and the job is done, or 503; all else goes on',
      points: 4,
      needs: ['does-jobs'],
      timeoutMs: 120_000,
      hint: 'Bound every command to Redis. If the queue cannot be told, either say 503, or store the job and let somebody tell the queue later. Reading and cancelling need Postgres alone.',
      reference: OUTBOX,
      run: async (context) => {
        const { http, sql, redis, app, random } = context;
        const extra = await room(http);
        const bound = OUTAGE_ANSWER_MS + extra;
        const before = await post(http, sum(random, { delayMs: 900_000 }));
        for (const [what, fault] of Object.entries(FAULTS)) {
          redis[fault]();
          const moments: Moment[] = [await moment(sql, `Redis ${what}`)];
          const note = `while Redis ${what}`;
          const [answers] = await Promise.all([
            concurrently(4, (i) =>
              tryToPost(context, sum(random, i === 0 ? { delayMs: 400 } : {}), note, bound),
            ),
            getJob(http, before, { note, timeoutMs: bound }),
            http
              .get('/dead-letters', { note, timeoutMs: bound })
              .then((list) => expect(list).toHaveStatus(200)),
          ]);
          await redis.restore();
          moments.push(await moment(sql, 'Redis is back'));
          const accepted = answers.filter((answer) => answer !== undefined);
          const action = `POST /jobs ${note}`;
          expectAlive(app.processes, `Redis ${what}, and comes back`);
          // One that is sent now shows that all is well again.
          const [after] = await serving(context, [sum(random)], extra);
          const ledger = await settled(sql, [...accepted, after!], {
            withinMs: RECOVERY_MS + 3_000 + extra,
            action: accepted.length === 0 ? `POST /jobs after Redis ${what}` : action,
            moments,
            because: `5 s after the return everything goes on`,
          });
          expectDoneOnce(ledger, [...accepted, after!], action, moments);
        }
        const cancelled = await http.post<Job>(`${pathOf(before)}/cancel`);
        expect(cancelled).toHaveStatus(200);
      },
    },
    {
      id: 'replay-is-done-after-crash',
      title: 'web dies between Postgres and Redis; what is answered 202 to the next try is done',
      points: 4,
      needs: ['replays-key', 'survives-web-kill'],
      timeoutMs: 120_000,
      hint: 'Between the row and the entry in the queue web can die. Then the row is there, and nobody knows of it: let somebody look for jobs that were stored and never queued, or queue them with each replay. The other way round, a worker gets the id of a job that is not there.',
      reference: OUTBOX,
      run: async (context) => {
        const { http, sql, redis, postgres, app, random } = context;
        const extra = await room(http);
        const web = { redis: redis.of('web.1'), postgres: postgres.of('web.1') };
        const jobs: Accepted[] = [];
        const moments: Moment[] = [];
        for (const service of ['redis', 'postgres'] as const) {
          const task = sum(random);
          const headers = { 'idempotency-key': random.uuid() };
          const name = service === 'redis' ? 'Redis' : 'Postgres';
          const action = `kill -9 of web.1 while it waits for ${name}`;
          const before = await countJobs(sql);
          web[service].blackhole();
          const note = `web.1 is killed meanwhile, as it waits for ${name}`;
          const sent = attempt(() => http.post<Job>('/jobs', { json: task.input, headers, note }));
          await Promise.race([sent, service === 'redis' ? stored(sql, before) : told(web.redis)]);
          await app.web.kill();
          moments.push(await moment(sql, action));
          await sent;
          await web[service].restore();
          await app.web.start();
          const again = await eventually(
            async () => {
              const answer = await http.post<Job>('/jobs', {
                json: task.input,
                headers,
                note: `the same again, after ${action}`,
              });
              expect(answer).toHaveStatus(202);
              return answer;
            },
            { withinMs: RECOVERY_MS + extra, everyMs: 200 },
          );
          jobs.push({ ...task, id: again.json.id, answer: again });
        }
        const action =
          'POST /jobs again with the same Idempotency-Key, after web.1 was killed in the first';
        const ledger = await settled(sql, jobs, {
          withinMs: RECOVERY_MS + 3_000 + extra,
          action,
          moments,
        });
        expectDoneOnce(ledger, jobs, action, moments);
        expectAlive(
          app.processes.filter(({ name }) => name !== 'web.1'),
          action,
        );
      },
    },
    {
      id: 'answers-503-without-postgres',
      title: 'While Postgres is away requests are answered 503 in time, and afterwards as ever',
      points: 3,
      needs: ['accepts-job'],
      timeoutMs: 120_000,
      hint: 'Bound the time to connect and the time for a statement, and answer 503 where one of them passes. Handle the `error` event of idle connections, which ends the process otherwise.',
      reference: OUTBOX,
      run: async (context) => {
        const { http, sql, postgres, app, random } = context;
        const extra = await room(http);
        const timeoutMs = OUTAGE_ANSWER_MS + extra;
        const job = await post(http, sum(random, { delayMs: 900_000 }));
        for (const [what, fault] of Object.entries(FAULTS)) {
          postgres[fault]();
          const options = { note: `while Postgres ${what}`, timeoutMs };
          const answers = await Promise.all([
            http.post('/jobs', { json: sum(random).input, ...options }),
            http.get(pathOf(job), options),
            http.get('/dead-letters', options),
            http.post(`${pathOf(job)}/cancel`, options),
          ]);
          for (const answer of answers) expect(answer).toBeProblem(503);
          await postgres.restore();
          expectAlive(app.processes, `Postgres ${what}, and comes back`);
          const after = await serving(context, [sum(random)], extra);
          const action = `POST /jobs after Postgres ${what}`;
          const ledger = await settled(sql, after, {
            withinMs: RECOVERY_MS + 3_000 + extra,
            action,
            because: '5 s after the return everything goes on',
          });
          expectDoneOnce(ledger, after, action);
        }
      },
    },
    {
      id: 'survives-postgres-cut-mid-job',
      title:
        'Workers that lose Postgres, or Redis, in the middle of their jobs finish them later, once',
      points: 4,
      needs: ['keeps-ledger'],
      timeoutMs: 120_000,
      hint: 'A worker that cannot commit gives the job up: it comes back when its lease has run out. Or it tries to commit again, on the condition that the job is still its own. Either way the process goes on, and the connection is made anew.',
      reference: IDEMPOTENT_CONSUMER,
      run: async (context) => {
        for (const service of ['postgres', 'redis'] as const)
          await untilInTime((nth) => cutInTheMiddle(context, service, nth));
      },
    },
  ],
});

/** False where all jobs were over before. @throws {CheckFailure} */
async function cutInTheMiddle(
  context: OwnContext,
  service: 'postgres' | 'redis',
  nth: number,
): Promise<boolean> {
  const { http, sql, app, env, random } = context;
  const settings = settingsOf(env);
  const extra = await room(http);
  const name = service === 'redis' ? 'Redis' : 'Postgres';
  const ms = nth * random.integer(900, 1_100);
  const jobs = await postAll(
    http,
    Array.from({ length: 4 }, () => sleep(ms, 2)),
  );
  await underWay(sql, jobs, { withinMs: 5_000, action: 'POST /jobs' });
  context[service].cut();
  const moments: Moment[] = [await moment(sql, `${name} is cut off`)];
  const { attempts } = await readLedger(sql, idsOf(jobs));
  // Long enough for the work to end in vain.
  await pause(ms + 300);
  await context[service].restore();
  moments.push(await moment(sql, `${name} is back`));
  const action = `cut all connections to ${name} in the middle of jobs of ${ms} ms, for ${ms + 300} ms`;
  expectAlive(app.processes, action);
  const after = await serving(context, [sum(random)], extra);
  const all = [...jobs, ...after];
  const ledger = await settled(sql, all, {
    withinMs: RECOVERY_MS + takeoverMs(settings) + 2 * ms + extra,
    action,
    moments,
  });
  expectDoneOnce(ledger, all, action, moments);
  return attempts.some(({ outcome }) => outcome === null);
}

/** The job if it is accepted; undefined if it is refused with 503. */
async function tryToPost(
  { http }: OwnContext,
  task: Task,
  note: string,
  timeoutMs: number,
): Promise<Accepted | undefined> {
  const answer: Response<Job> = await http.post<Job>('/jobs', {
    json: task.input,
    note,
    timeoutMs,
  });
  if (answer.status === 503) {
    expect(answer).toBeProblem(503);
    return undefined;
  }
  expect(answer).toHaveStatus(202, 503);
  return { ...task, id: answer.json.id, answer };
}

/** Sends these once the app accepts jobs again, which it must within the time of the contract. */
function serving({ http }: OwnContext, tasks: readonly Task[], extra: number): Promise<Accepted[]> {
  return eventually(() => postAll(http, tasks, { note: 'once all is back' }), {
    withinMs: RECOVERY_MS + extra,
    everyMs: 150,
  });
}

/** What an app does without the other service, it does within these. */
const STORED_MS = 4_000;
const TOLD_MS = 1_000;

/** Settles once there is a row more, committed as others see it; or after a moment, as the app may store nothing. */
async function stored(sql: OwnContext['sql'], before: number): Promise<void> {
  const grown = async () => expect(await countJobs(sql), 'rows in jobs').toBeAtLeast(before + 1);
  await attempt(() => eventually(grown, { withinMs: STORED_MS, everyMs: 10 }));
}

/** Settles once Redis has been told something, or after a moment. */
async function told(redis: RedisProbe): Promise<void> {
  await attempt(() => redis.seen(/./, { withinMs: TOLD_MS, what: 'a command to Redis' }));
  // For its reply.
  await pause(200);
}

async function countJobs(sql: OwnContext['sql']): Promise<number> {
  const [row] = await sql<{ count: number }>`SELECT count(*)::int AS count FROM jobs`;
  return row!.count;
}
