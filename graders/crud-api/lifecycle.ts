import { attempt, concurrently, defineStage, expect, expectCleanExit } from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { room } from './bounds.ts';
import { openIdleConnections } from './idle-connections.ts';
import { IDEMPOTENCY_KEY, twelveFactor } from './reading.ts';
import { newTask } from './task.ts';

/** What the contract gives the app between SIGTERM and its end. */
const STOP_MS = 5_000;

export default defineStage({
  id: 'lifecycle',
  title: 'Stops and crashes',
  world: 'own',
  checks: [
    {
      id: 'survives-kill',
      title: 'What was answered with 2xx is still there after kill -9',
      points: 2,
      needs: ['stores-in-postgres', 'patches-task', 'deletes-task'],
      timeoutMs: 40_000,
      hint: 'Keep tasks nowhere but in Postgres, committed before the answer, and leave the tables alone when you start: a start that creates or seeds them anew empties them.',
      reference: twelveFactor('disposability', 'Disposability'),
      run: async ({ http, app, random }) => {
        const create = async () => (await createTask(http, newTask(random))).json;
        const [gone, changed] = [await create(), await create()];
        const title = random.title();
        const [created, deleted, patched] = await Promise.all([
          concurrently(5, create),
          http.delete(`/tasks/${gone.id}`),
          http.patch(`/tasks/${changed.id}`, { json: { title } }),
        ]);
        expect(deleted).toHaveStatus(204);
        expect(patched).toHaveStatus(200);
        await app.web.kill();
        await app.web.start();
        const note = 'after kill -9 and a restart';
        for (const task of created) {
          const found = await readTask(http, task, { note });
          expect(found).toHaveJson(task);
        }
        expect(await http.get(`/tasks/${gone.id}`, { note })).toBeProblem(404);
        expect(await readTask(http, changed, { note })).toHaveJson({ title });
      },
    },
    {
      id: 'keys-survive-kill',
      title: 'Idempotency-Keys survive kill -9 and a restart',
      points: 1,
      needs: ['replays-first-answer', 'survives-kill'],
      timeoutMs: 40_000,
      hint: 'Keep keys and their answers in Postgres: a map in the process forgets them just when clients retry.',
      reference: IDEMPOTENCY_KEY,
      run: async ({ http, app, random }) => {
        const json = newTask(random, { reference: null });
        const headers = { 'idempotency-key': random.uuid() };
        const first = await createTask(http, json, { headers });
        await app.web.kill();
        await app.web.start();
        const note = 'again, with the same Idempotency-Key, after kill -9 and a restart';
        const replay = await createTask(http, json, { headers, note });
        expect(replay.json.id, 'the id of the first answer', replay).toBe(first.json.id);
        expect(replay.json, 'the task of the first answer', replay).toBe(first.json);
        expect(replay).toHaveHeader('Idempotency-Replayed', 'true');
      },
    },
    {
      id: 'exits-despite-idle-connections',
      title: 'On SIGTERM the app exits with code 0 in time, whatever connections are idle',
      points: 1,
      needs: ['answers-health'],
      timeoutMs: 40_000,
      hint: 'Handle SIGTERM. Close idle keep-alive connections when the shutdown begins, and send `Connection: close` with the answers that are still due.',
      reference: twelveFactor('disposability', 'Disposability'),
      run: async ({ http, app, signal }) => {
        const bound = STOP_MS + (await room(http, '/healthz'));
        const health = await http.get('/healthz');
        using _connections = await openIdleConnections(health.exchange.url, 5, signal);
        const note = 'with 5 idle keep-alive connections';
        const exit = await app.web.terminate(bound);
        expectCleanExit(app.web, exit, { within: '5 s', boundMs: bound, note });
      },
    },
    {
      id: 'finishes-requests-in-flight',
      title: 'On SIGTERM the app first answers what is in flight',
      points: 2,
      needs: ['stores-in-postgres', 'exits-despite-idle-connections'],
      timeoutMs: 40_000,
      hint: 'On SIGTERM close the server (which waits for requests in flight), then the pool, then let the process end. Closing the pool first, or calling exit at once, cuts them off.',
      reference: twelveFactor('disposability', 'Disposability'),
      run: async ({ http, sql, postgres, app, random }) => {
        const { json: task } = await createTask(http, newTask(random));
        const bound = STOP_MS + (await room(http, `/tasks/${task.id}`));
        const input = newTask(random);
        // Each statement takes 80 ms now: the creation lasts long enough to be interrupted.
        postgres.delay(40);
        const sent = attempt(() =>
          http.post('/tasks', { json: input, note: 'in flight when SIGTERM comes' }),
        );
        await postgres.seen(/\btasks\b/i, { withinMs: 3_000, what: 'a statement about tasks' });
        const [exit, answer] = await Promise.all([app.web.terminate(bound), sent]);
        if (answer.failure !== undefined) throw answer.failure;
        expect(answer.value).toHaveStatus(201);
        const rows = await sql`SELECT 1 FROM tasks WHERE reference = ${input.reference}`;
        expect(rows.length, 'the number of rows that it left in Postgres', answer.value).toBe(1);
        expectCleanExit(app.web, exit, { within: '5 s', boundMs: bound });
      },
    },
  ],
});
