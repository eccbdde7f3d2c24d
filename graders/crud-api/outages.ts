import {
  attempt,
  concurrently,
  defineStage,
  eventually,
  expect,
  type OwnContext,
} from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { room } from './bounds.ts';
import { expectUnavailable, workingOperations } from './operations.ts';
import { IDEMPOTENCY_KEY, rfc, TIMEOUTS, twelveFactor } from './reading.ts';
import { expectAlive, expectRecovery, RECOVERY_MS, steadyTask, surviving } from './steady.ts';
import { newTask, type Task } from './task.ts';

/** What the contract gives an answer while Postgres is away. */
const ANSWER_MS = 3_000;

export default defineStage({
  id: 'outages',
  title: 'Postgres goes away, and comes back',
  world: 'own',
  checks: [
    {
      id: 'survives-dropped-connections',
      title: 'Idle connections that Postgres drops do not end the app',
      points: 2,
      needs: ['stores-in-postgres', 'reads-task'],
      timeoutMs: 40_000,
      hint: 'A pooled connection can break while nobody uses it. Listen to the pool’s error event (`pool.on("error", …)` in node-postgres), and let the pool replace it.',
      reference: {
        title: 'node-postgres: pool events',
        url: 'https://node-postgres.com/apis/pool#error',
      },
      run: async (context) => {
        const { http, postgres, app } = context;
        const task = await steadyTask(context);
        const within = RECOVERY_MS + (await room(http, `/tasks/${task.id}`));
        for (let round = 1; round <= 2; round += 1) {
          await concurrently(5, () => readTask(http, task));
          postgres.reset();
          const note = 'after Postgres dropped its idle connections';
          const answer = await surviving(app, () =>
            http.get(`/tasks/${task.id}`, { note, timeoutMs: within }),
          );
          expect(answer).toHaveStatus(200, 503);
          await expectRecovery(context, task, within);
        }
        expectAlive(app);
      },
    },
    {
      id: 'answers-503-when-cut-off',
      title: 'While Postgres refuses connections, every operation is a quick 503 and the app lives',
      points: 2,
      needs: ['survives-dropped-connections', 'errors-are-problems'],
      timeoutMs: 40_000,
      hint: 'Catch the driver’s connection errors in one place and answer them with a 503 problem. An error event on an idle pooled connection that nobody listens to ends a Node.js process.',
      reference: rfc(9110, '15.6.4', '503 Service Unavailable'),
      run: async (context) => {
        const { http, postgres, app, random } = context;
        const task = await steadyTask(context);
        const within = ANSWER_MS + (await room(http, `/tasks/${task.id}`));
        const operations = await workingOperations(http, random);
        postgres.cut();
        for (const note of ['while Postgres is cut off', 'while Postgres is still cut off'])
          await surviving(app, () =>
            expectUnavailable(http, random, operations, task.id, { note, timeoutMs: within }),
          );
        expectAlive(app);
        const health = await http.get('/healthz', {
          timeoutMs: within,
          note: 'while Postgres is cut off',
        });
        expect(health).toHaveStatus(200, 503);
      },
    },
    {
      id: 'recovers-from-cut',
      title: 'Once Postgres is back, the app serves again without a restart',
      points: 2,
      needs: ['answers-503-when-cut-off'],
      timeoutMs: 40_000,
      hint: 'Drop a connection that broke and open a new one for the next request: a pool does that, a single client made at start does not.',
      reference: twelveFactor('backing-services', 'Backing services'),
      run: async (context) => {
        const { http, postgres, app } = context;
        const task = await steadyTask(context);
        const within = await room(http, `/tasks/${task.id}`);
        postgres.cut();
        const note = 'while Postgres is cut off';
        await concurrently(12, () =>
          http.get(`/tasks/${task.id}`, { note, timeoutMs: ANSWER_MS + within }),
        );
        await postgres.restore();
        await expectRecovery(context, task, RECOVERY_MS + within);
        expectAlive(app);
      },
    },
    {
      id: 'answers-503-when-silent',
      title:
        'While Postgres accepts connections and says nothing, every operation is a 503 in time',
      points: 2,
      needs: ['survives-dropped-connections', 'errors-are-problems'],
      timeoutMs: 40_000,
      hint: 'Nothing fails here, so nothing ends unless you do it: bound the wait for a connection and the wait for each query, together below 3 seconds. The server’s statement_timeout cannot help, it is on the far side.',
      reference: TIMEOUTS,
      run: async (context) => {
        const { http, postgres, app, random, signal } = context;
        const task = await steadyTask(context);
        const within = ANSWER_MS + (await room(http, `/tasks/${task.id}`));
        const operations = await workingOperations(http, random);
        // One connection is open when the silence begins: some operation finds it and gets no answer to
        // its query, the others open new ones and get no answer to that.
        postgres.reset();
        await eventually(() => readTask(http, task), { withinMs: RECOVERY_MS, signal });
        postgres.blackhole();
        const note = 'while Postgres is silent';
        await expectUnavailable(http, random, operations, task.id, { note, timeoutMs: within });
        expectAlive(app);
      },
    },
    {
      id: 'recovers-from-silence',
      title: 'Once Postgres speaks again, the app serves again without a restart',
      points: 1,
      needs: ['answers-503-when-silent'],
      timeoutMs: 40_000,
      hint: 'A query that was given up must give its connection back, closed rather than reused: a pool whose places are all held by the past has none for the future.',
      reference: TIMEOUTS,
      run: async (context) => {
        const { http, postgres, app } = context;
        const task = await steadyTask(context);
        const within = await room(http, `/tasks/${task.id}`);
        // The pool opens all connections that it may have: a query that is given up can hold each.
        postgres.delay(20);
        await concurrently(24, () => readTask(http, task));
        postgres.blackhole();
        const note = 'while Postgres is silent';
        // More than most pools have places.
        const timeoutMs = ANSWER_MS + within;
        await concurrently(24, () => http.get(`/tasks/${task.id}`, { note, timeoutMs }));
        await postgres.restore();
        await expectRecovery(context, task, RECOVERY_MS + within);
        expectAlive(app);
      },
    },
    {
      id: 'retry-finds-its-task',
      title: 'After a 503 to a creation, the same Idempotency-Key leads to exactly one task',
      points: 1,
      needs: ['answers-503-when-cut-off', 'replays-first-answer'],
      timeoutMs: 60_000,
      hint: 'Key and task must be committed together, in one transaction. Stored one after the other, a break between them loses the key (two tasks) or blocks it (409 for ever).',
      reference: IDEMPOTENCY_KEY,
      run: async (context) => {
        const { http, postgres, random } = context;
        const task = await steadyTask(context);
        const withKey = () => ({ 'idempotency-key': random.uuid() });
        const probe = await postgres.during(() =>
          createTask(http, newTask(random), { headers: withKey() }),
        );
        const within = await room(http, `/tasks/${task.id}`);
        const steps = Math.min(probe.statements.length, 6);
        for (let step = 0; step <= steps; step += 1)
          await breakAndRetry(context, withKey(), step, within);
      },
    },
  ],
});

/**
 * Cuts Postgres off while a creation is under way, then repeats it. `step` says when: after so many
 * of its statements have run, or, for 0, once its task is committed and before the app knows.
 */
async function breakAndRetry(
  { http, sql, random, postgres, signal }: OwnContext,
  headers: Record<string, string>,
  step: number,
  room: number,
): Promise<void> {
  const json = newTask(random);
  const rows = () => sql<{ id: string }>`SELECT id FROM tasks WHERE title = ${json.title}`;
  const before = postgres.statements().length;
  postgres.delay(30);
  const when = step === 0 ? 'as it commits' : `after statement ${step}`;
  const note = `Postgres is cut off ${when}`;
  const sent = attempt(() =>
    http.post<Task>('/tasks', { json, headers, note, timeoutMs: ANSWER_MS + room }),
  );
  let over = false;
  const end = () => {
    over = true;
  };
  void sent.then(end, end);
  // Ends with the request at the latest: where an app goes another way, there is nothing to break.
  await eventually(
    async () => {
      const reached =
        step === 0 ? (await rows()).length > 0 : postgres.statements().length - before >= step;
      expect(over || reached, 'the moment to cut Postgres off, reached', undefined).toBe(true);
    },
    { withinMs: ANSWER_MS + room, everyMs: 2, signal },
  );
  postgres.cut();
  const first = await sent;
  if (first.failure !== undefined) throw first.failure;
  expect(first.value).toHaveStatus(201, 503);
  const committed = await rows();
  await postgres.restore();
  const again = `again, with the same Idempotency-Key, after Postgres was cut off ${when}`;
  const retry = await eventually(() => createTask(http, json, { headers, note: again }), {
    withinMs: RECOVERY_MS + room,
    signal,
  });
  const now = await rows();
  expect(now.length, 'the number of tasks in Postgres after the retry', retry).toBe(1);
  expect(retry.json.id, 'the id', retry).toBe(now[0]!.id);
  if (first.value.status === 201)
    expect(retry.json.id, 'the id, which was answered 201 before', retry).toBe(first.value.json.id);
  if (committed.length > 0) expect(retry).toHaveHeader('Idempotency-Replayed', 'true');
}
