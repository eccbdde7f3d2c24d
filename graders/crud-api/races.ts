import {
  attempt,
  concurrently,
  defineStage,
  eventually,
  expect,
  type Http,
  type OwnContext,
  type PostgresProbe,
  type Response,
} from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { IDEMPOTENCY_KEY, postgresManual, rfc } from './reading.ts';
import { newReference, newTask, otherThan, type Task, type TaskInput } from './task.ts';

/**
 * Milliseconds that each message between app and Postgres waits. What reads first and writes later
 * then leaves a gap of 10 ms in which others read too: no luck is left in a race. Not longer, since
 * apps that lock a row let 20 requests through one by one, each with a few messages.
 */
const LATENCY = 5;

/** The same for a DELETE that is alone: long enough for a change to come between its statements. */
const DELETE_LATENCY = 40;

/**
 * Delays what passes from now on, and has the app open its connections: what races is then the
 * statements, not the handshakes before them.
 */
async function openConnections(http: Http, postgres: PostgresProbe): Promise<void> {
  postgres.delay(LATENCY);
  const note = 'to have connections open before the race';
  await concurrently(12, () => http.get('/tasks', { query: { limit: 1 }, note }));
}

/** What a single request takes at most, in milliseconds, where nothing is overloaded. */
const PATIENCE_MS = 1_500;

export default defineStage({
  id: 'races',
  title: 'Requests that race',
  world: 'own',
  checks: [
    {
      id: 'one-creation-wins',
      title: 'Of 50 parallel creations with one reference, one is 201 and the rest are 409',
      points: 2,
      needs: ['references-are-unique', 'stores-in-postgres'],
      hint: 'Between “is it taken?” and the INSERT another request can take it. Insert at once, and treat the violation of the UNIQUE constraint (SQLSTATE 23505) as the answer: 409.',
      reference: postgresManual('ddl-constraints', 'Unique Constraints'),
      run: async ({ http, sql, random, postgres }) => {
        const reference = newReference(random);
        const inputs = Array.from({ length: 50 }, () => newTask(random, { reference }));
        await openConnections(http, postgres);
        const answers = await concurrently(50, (i) =>
          http.post('/tasks', {
            json: inputs[i],
            note: 'one of 50 at once, all with one reference',
          }),
        );
        const decided = decidedOnes(answers, 201, 409);
        for (const answer of withStatus(decided, 409)) expect(answer).toBeProblem(409);
        expectOneWinner(answers, withStatus(decided, 201), '201');
        const rows = await sql`SELECT id FROM tasks WHERE reference = ${reference}`;
        expect(rows.length, 'the number of rows with the reference').toBe(1);
      },
    },
    {
      id: 'one-conditional-write-wins',
      title: 'Of 20 parallel writes with the same If-Match, one is 200 and the rest are 412',
      points: 3,
      needs: ['stale-write-is-412', 'stores-in-postgres'],
      hint: 'Compare and write in one step: `UPDATE … WHERE id = $1 AND version = $2`, or lock the row (SELECT … FOR UPDATE) before you compare. No row changed means 412.',
      reference: rfc(9110, '13.1.1', 'If-Match'),
      run: async (context) => {
        const { http, random, postgres } = context;
        for (const method of ['PATCH', 'PUT']) {
          const created = await createTask(http, newTask(random));
          const path = `/tasks/${created.json.id}`;
          const headers = { 'if-match': created.requiredHeader('ETag') };
          const inputs = Array.from({ length: 20 }, () => newTask(random));
          await openConnections(http, postgres);
          const note = 'one of 20 at once, all with the same If-Match';
          const answers: Response<Task>[] = await concurrently(20, (i) =>
            http.request(method, path, { json: inputs[i], headers, note }),
          );
          await postgres.restore();
          const winners = withStatus(decidedOnes(answers, 200, 412), 200);
          expectOneWinner(answers, winners, '200');
          const found = await readTask(http, created.json, {
            note: 'after the race, as the winner left it',
          });
          if (winners[0] !== undefined) expect(found).toHaveJson(winners[0].json);
        }
        await expectDeleteToSeeChanges(context);
      },
    },
    {
      id: 'parallel-patches-all-count',
      title: 'Patches of different fields that arrive together all take effect',
      points: 2,
      needs: ['patch-leaves-the-rest', 'stores-in-postgres'],
      hint: 'Reading the task, merging in memory and writing all of it back undoes what others wrote in between. Update only the fields that were sent, or lock the row before you read it.',
      reference: postgresManual('explicit-locking', 'Row-Level Locks'),
      run: async ({ http, random, postgres }) => {
        const { id, ...before } = (await createTask(http, newTask(random))).json;
        const after = otherThan(random, before);
        const fields = random.shuffle(Object.keys(after) as (keyof TaskInput)[]);
        await openConnections(http, postgres);
        const note = 'one of seven patches at once, each of another field';
        const answers = await concurrently(fields.length, (i) =>
          http.patch(`/tasks/${id}`, { json: { [fields[i]!]: after[fields[i]!] }, note }),
        );
        await postgres.restore();
        const done = fields.filter((_, i) => decidedOnes(answers, 200).includes(answers[i]!));
        const found = await readTask(http, { id }, { note: 'after the patches' });
        expect(found).toHaveJson(Object.fromEntries(done.map((field) => [field, after[field]])));
      },
    },
    {
      id: 'one-task-for-parallel-keys',
      title: 'Ten parallel requests with one Idempotency-Key make one task',
      points: 2,
      needs: ['replays-first-answer', 'stores-in-postgres'],
      hint: 'Claim the key by inserting it, under a unique constraint, before you create the task and in the same transaction; whoever cannot claim it waits, or answers 409.',
      reference: IDEMPOTENCY_KEY,
      run: async ({ http, sql, random, postgres }) => {
        const json = newTask(random, { reference: null });
        const headers = { 'idempotency-key': random.uuid() };
        await openConnections(http, postgres);
        const note = 'one of ten at once, all with one Idempotency-Key';
        const answers = await concurrently(10, () =>
          http.post<Task>('/tasks', { json, headers, note }),
        );
        await postgres.restore();
        const created = withStatus(decidedOnes(answers, 201, 409), 201);
        const rows = await sql`SELECT id FROM tasks WHERE title = ${json.title}`;
        expect(rows.length, 'the number of tasks in Postgres').toBe(1);
        for (const answer of created) expect(answer.json.id, 'the id', answer).toBe(rows[0]!['id']);
        const first = created.filter(
          (answer) => answer.header('Idempotency-Replayed') === undefined,
        );
        expectOneWinner(answers, first, '201 without Idempotency-Replayed');
        const replay = await http.post('/tasks', { json, headers, note: 'again, after the race' });
        expect(replay).toHaveStatus(201);
        expect(replay).toHaveJson({ id: rows[0]!['id'] });
      },
    },
    {
      id: 'commits-before-answering',
      title: 'When a write is answered, it is committed',
      points: 1,
      needs: ['stores-in-postgres', 'patches-task', 'deletes-task'],
      hint: 'Await the statement and the COMMIT before you answer. A write that is only on its way is lost with the process, and nobody learns of its error.',
      reference: postgresManual('tutorial-transactions', 'Transactions'),
      run: async ({ http, sql, random, postgres }) => {
        // What is sent behind an answer then comes 100 ms after it; the look at the table takes a few.
        postgres.delay(100, { only: 'upstream' });
        const created = await createTask(http, newTask(random));
        const { id } = created.json;
        const rows = () => sql`SELECT title FROM tasks WHERE id = ${id}`;
        expect((await rows()).length, 'the number of rows, as the answer came,', created).toBe(1);
        const title = random.title();
        const patched = await http.patch(`/tasks/${id}`, { json: { title } });
        const [row] = await rows();
        expect(patched).toHaveStatus(200);
        expect(row?.['title'], 'title in tasks, as the answer came,', patched).toBe(title);
        const deleted = await http.delete(`/tasks/${id}`);
        const left = await rows();
        expect(deleted).toHaveStatus(204);
        expect(left.length, 'the number of rows, as the answer came,', deleted).toBe(0);
      },
    },
  ],
});

/**
 * A change that comes between the statements of a conditional DELETE. Of writers that are only sent at
 * once the DELETE may happen to be first, and then nothing shows that it did not look again.
 */
async function expectDeleteToSeeChanges({ http, sql, random, postgres, signal }: OwnContext) {
  const created = await createTask(http, newTask(random));
  const { id } = created.json;
  const headers = { 'if-match': created.requiredHeader('ETag') };
  const before = postgres.statements().length;
  postgres.delay(DELETE_LATENCY);
  const note = 'while another program changes the task';
  const sent = attempt(() => http.delete(`/tasks/${id}`, { headers, note }));
  let over = false;
  const end = () => {
    over = true;
  };
  void sent.then(end, end);
  await eventually(
    async () => {
      const begun = over || postgres.statements().length > before;
      expect(begun, 'a statement of the DELETE to have run').toBe(true);
    },
    { withinMs: 5_000, everyMs: 2, signal },
  );
  // Waits where the app has locked the row, and then finds none: the DELETE came first.
  const changed = await sql`
    UPDATE tasks SET title = ${random.title()}, version = version + 1,
      updated_at = greatest(clock_timestamp(), updated_at + interval '1 millisecond')
    WHERE id = ${id} RETURNING id`;
  const answer = await sent;
  await postgres.restore();
  if (answer.failure !== undefined) throw answer.failure;
  if (changed.length > 0) expect(answer.value).toBeProblem(412);
  else expect(answer.value).toHaveStatus(204);
}

/**
 * The answers that have one of these statuses, as all must. On a machine that is overloaded an app may
 * give up its wait for a lock or a connection: a 503 that took long decides nothing, unless most do.
 */
function decidedOnes<Body>(
  answers: readonly Response<Body>[],
  ...statuses: readonly number[]
): Response<Body>[] {
  const decided = answers.filter(
    ({ status, exchange }) => status !== 503 || exchange.durationMs < PATIENCE_MS,
  );
  for (const answer of decided) expect(answer).toHaveStatus(...statuses);
  if (decided.length >= answers.length / 2) return decided;
  for (const answer of answers) expect(answer).toHaveStatus(...statuses);
  return decided;
}

/** One has won. Where some answers decide nothing, it may be one of those. */
function expectOneWinner(answers: readonly Response[], winners: readonly Response[], what: string) {
  const undecided = answers.some(({ status }) => status === 503);
  if (winners.length === 1 || (undecided && winners.length === 0)) return;
  expect(winners.length, `the number of the ${answers.length} that were answered ${what}`).toBe(1);
}

function withStatus<Body>(answers: readonly Response<Body>[], status: number): Response<Body>[] {
  return answers.filter((answer) => answer.status === status);
}
