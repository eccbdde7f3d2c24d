import {
  concurrently,
  defineStage,
  expect,
  type Response,
  type SharedContext,
} from 'backend-labs/kit';
import { type Accepted, expectDoneOnce, getJob, post, settled } from './api.ts';
import { postPatiently, wasAskedAgain } from './bounds.ts';
import { type Job, sleep, sum } from './job.ts';
import { IDEMPOTENCY_KEYS } from './reading.ts';

export const AGAIN = 'again, with the same Idempotency-Key';

const PARALLEL = 20;

export default defineStage({
  id: 'idempotency',
  title: 'The same request again',
  world: 'shared',
  checks: [
    {
      id: 'replays-key',
      title: 'The same Idempotency-Key and payload are one job, which is done once',
      points: 2,
      needs: ['does-jobs', 'keeps-ledger'],
      timeoutMs: 60_000,
      hint: 'Store the key with the job, in the transaction that inserts it. A repeat finds the job by its key and answers 202 with it as it is now, with Idempotency-Replayed: true.',
      reference: IDEMPOTENCY_KEYS,
      run: async ({ http, sql, random }) => {
        const task = sum(random);
        const headers = { 'idempotency-key': random.uuid() };
        const first = await post(http, task, { headers });
        expectNoReplay(first);
        expectReplay(await post(http, task, { headers, note: AGAIN }), first);
        const action = 'POST /jobs twice with one Idempotency-Key';
        expectDoneOnce(await settled(sql, [first], { withinMs: 10_000, action }), [first], action);
        const late = await post(http, task, { headers, note: `${AGAIN}, after the job is done` });
        expectReplay(late, first);
        expect(late.answer).toHaveJson({ status: 'completed', result: task.result });
        const other = { 'idempotency-key': random.uuid() };
        const second = await post(http, task, { headers: other, note: 'with another key' });
        expectNoReplay(second);
        expect(second.id, 'the id', second.answer).notToBe(first.id);
      },
    },
    {
      id: 'key-is-bound-to-payload',
      title: 'The same Idempotency-Key with another payload is 422 and creates nothing',
      points: 1,
      needs: ['replays-key'],
      timeoutMs: 60_000,
      hint: 'Store a hash of the whole body beside the key, and compare it before you replay.',
      reference: IDEMPOTENCY_KEYS,
      run: async ({ http, random }) => {
        const far = random.integer(1_000_000, 2_000_000);
        const task = sleep(10, 2, { priority: 4, delayMs: far });
        const headers = { 'idempotency-key': random.uuid() };
        const first = await post(http, task, { headers });
        const others = {
          type: { ...task.input, type: 'flaky', payload: { failures: 1 } },
          payload: sleep(11, 2, { priority: 4, delayMs: far }).input,
          steps: sleep(10, 3, { priority: 4, delayMs: far }).input,
          priority: { ...task.input, priority: 7 },
          delayMs: { ...task.input, delayMs: far + 1 },
        };
        for (const [what, json] of Object.entries(others)) {
          const note = `the same Idempotency-Key with another ${what}`;
          expect(await postPatiently(http, '/jobs', { json, headers, note })).toBeProblem(422);
        }
        expectReplay(await post(http, task, { headers, note: 'the first payload again' }), first);
      },
    },
    {
      id: 'parallel-keys-are-one-job',
      title: `${PARALLEL} requests with one Idempotency-Key at once are one job, which is done once`,
      points: 2,
      needs: ['replays-key'],
      timeoutMs: 60_000,
      hint: 'Let a unique constraint decide: INSERT … ON CONFLICT DO NOTHING, and whoever inserts nothing reads the job that is there. Looking first and inserting then lets several through.',
      reference: IDEMPOTENCY_KEYS,
      run: async ({ http, sql, random }) => {
        // Over connections to Postgres that are there: while each is made, the requests come one after the other.
        const other = await post(http, sum(random));
        await concurrently(PARALLEL, () => getJob(http, other));
        for (let round = 0; round < 3; round += 1) await expectOneJob({ http, sql, random });
      },
    },
    {
      id: 'refused-request-frees-key',
      title: 'A request that was refused has not used up its key; a malformed key is 400',
      points: 1,
      needs: ['replays-key', 'refuses-invalid-jobs'],
      timeoutMs: 60_000,
      hint: 'Validate before you claim the key. Tell a header that is there and empty from one that is absent.',
      reference: IDEMPOTENCY_KEYS,
      run: async ({ http, random }) => {
        const task = sum(random);
        const headers = { 'idempotency-key': `!"#$%&'()*+,-./:;<=>?@[]^_{|}~${random.word()}` };
        const invalid = { ...task.input, priority: 10 };
        expect(await postPatiently(http, '/jobs', { json: invalid, headers })).toBeProblem(422);
        const first = await post(http, task, { headers, note: 'a valid job with the same key' });
        expectNoReplay(first);
        expectReplay(await post(http, task, { headers, note: AGAIN }), first);
        for (const key of ['', 'x'.repeat(256), `${random.word()} ${random.word()}`]) {
          const bad = { 'idempotency-key': key };
          const note = `Idempotency-Key of ${key.length} characters${key.includes(' ') ? ', one of them a space' : ''}`;
          expect(
            await postPatiently(http, '/jobs', { json: task.input, headers: bad, note }),
          ).toBeProblem(400);
        }
      },
    },
  ],
});

async function expectOneJob({
  http,
  sql,
  random,
}: Pick<SharedContext, 'http' | 'sql' | 'random'>): Promise<void> {
  const task = sum(random, { priority: random.integer(1, 9) });
  const headers = { 'idempotency-key': random.word(40) };
  const note = `one of ${PARALLEL} at once with the same Idempotency-Key`;
  const answers = await concurrently(PARALLEL, () =>
    postPatiently<Job>(http, '/jobs', { json: task.input, headers, note }),
  );
  for (const answer of answers) expect(answer).toHaveStatus(202, 409);
  const accepted = answers.filter(({ status }) => status === 202);
  if (accepted.length === 0)
    throw answers[0]!.failure('at least one of them to be answered 202', 'only 409');
  const first = accepted[0]!;
  for (const answer of accepted) expect(answer.json.id, 'the id', answer).toBe(first.json.id);
  const fresh = accepted.filter((answer) => answer.header('Idempotency-Replayed') === undefined);
  // None, where the first was answered 503 on a slow machine, and asked again.
  expect(fresh.length, 'answers without Idempotency-Replayed', first).toBeAtMost(1);
  const job: Accepted = { ...task, id: first.json.id, answer: first };
  const action = `POST /jobs, ${PARALLEL} times at once with one Idempotency-Key`;
  const ledger = await settled(sql, [job], { withinMs: 10_000, action });
  expectDoneOnce(ledger, [job], action);
  expect(ledger.attempts.length, 'attempts of the job', first).toBe(1);
}

function expectNoReplay({ answer }: Accepted): void {
  if (!wasAskedAgain(answer)) expect(answer).notToHaveHeader('Idempotency-Replayed');
}

export function expectReplay({ answer }: { answer: Response<Job> }, first: Accepted): void {
  expect(answer.json.id, 'the id of the job', answer).toBe(first.id);
  expect(answer).toHaveHeader('Idempotency-Replayed', 'true');
  // Where the first answer lacks it, that is for another check to say.
  const location = first.answer.header('Location');
  if (location !== undefined) expect(answer).toHaveHeader('Location', location);
}
