import { defineStage, expect, type Response } from 'backend-labs/kit';
import { createTask, forAll, listPage } from './api.ts';
import { IDEMPOTENCY_KEY } from './reading.ts';
import { newReference, newTask, otherThan, type Task } from './task.ts';

const AGAIN = 'again, with the same Idempotency-Key';

export default defineStage({
  id: 'idempotency',
  title: 'The same request again',
  world: 'shared',
  checks: [
    {
      id: 'replays-first-answer',
      title: 'The same Idempotency-Key and payload get the first answer again, and one task',
      points: 2,
      needs: ['lists-tasks', 'patches-task', 'deletes-task'],
      hint: 'Store the key with what you answered, in the transaction that creates the task. A repeat is answered from there, even if the task has changed or gone since.',
      reference: IDEMPOTENCY_KEY,
      run: async ({ http, random }) => {
        const tag = random.word(12);
        const json = newTask(random, { tags: [tag] });
        const headers = { 'idempotency-key': random.uuid() };
        const first = await createTask(http, json, { headers });
        expect(first).notToHaveHeader('Idempotency-Replayed');
        const again = async (note: string) => {
          const replay = await http.post<Task>('/tasks', { json, headers, note });
          expectReplay(replay, first);
        };
        await again(AGAIN);
        await again(AGAIN);
        const page = await listPage(http, { tag }, 'after three requests with one key');
        expect(page.json.items.length, 'the number of tasks', page).toBe(1);
        const path = `/tasks/${first.json.id}`;
        const patched = await http.patch(path, {
          json: { title: random.title(), reference: null },
        });
        expect(patched).toHaveStatus(200);
        await again(`${AGAIN}, after the task has changed`);
        expect(await http.delete(path)).toHaveStatus(204);
        await again(`${AGAIN}, after the task has gone`);
        const other = { 'idempotency-key': random.uuid() };
        const second = await createTask(http, json, { headers: other, note: 'with another key' });
        expect(second).notToHaveHeader('Idempotency-Replayed');
        expect(second.json.id, 'the id', second).notToBe(first.json.id);
      },
    },
    {
      id: 'key-is-bound-to-payload',
      title: 'The same Idempotency-Key with another payload is 422 and creates nothing',
      points: 1,
      needs: ['replays-first-answer'],
      hint: 'Store a hash of the whole payload beside the key, and compare it before you replay.',
      reference: IDEMPOTENCY_KEY,
      run: async ({ http, random }) => {
        const tag = random.word(12);
        const json = newTask(random, { tags: [tag], reference: null });
        const headers = { 'idempotency-key': random.uuid() };
        const first = await createTask(http, json, { headers });
        const other = {
          ...otherThan(random, json),
          reference: newReference(random),
          tags: [tag, 'more'],
        };
        for (const [field, value] of Object.entries(other)) {
          const note = `the same Idempotency-Key with another ${field}`;
          const changed = { ...json, [field]: value };
          expect(await http.post('/tasks', { json: changed, headers, note })).toBeProblem(422);
        }
        const page = await listPage(http, { tag }, 'after what was refused');
        expect(page.json.items.length, 'the number of tasks', page).toBe(1);
        expectReplay(
          await http.post('/tasks', { json, headers, note: 'the first payload again' }),
          first,
        );
      },
    },
    {
      id: 'refused-request-frees-key',
      title: 'A request that was refused has not used up its Idempotency-Key',
      points: 1,
      needs: ['replays-first-answer', 'references-are-unique'],
      hint: 'The key is stored in the same transaction as the task: if that rolls back, so does the key. Validate before you claim it.',
      reference: IDEMPOTENCY_KEY,
      run: async ({ http, random }) => {
        const headers = { 'idempotency-key': random.uuid() };
        const json = newTask(random);
        const invalid = { ...json, priority: 0 };
        expect(await http.post('/tasks', { json: invalid, headers })).toBeProblem(422);
        const holder = (await createTask(http, newTask(random, { reference: json.reference })))
          .json;
        const conflict = await http.post('/tasks', {
          json,
          headers,
          note: 'with a taken reference',
        });
        expect(conflict).toBeProblem(409);
        expect(await http.delete(`/tasks/${holder.id}`)).toHaveStatus(204);
        const note = 'again, now that the reference is free';
        const created = await createTask(http, json, { headers, note });
        expect(created).notToHaveHeader('Idempotency-Replayed');
        expectReplay(await http.post('/tasks', { json, headers, note: AGAIN }), created);
      },
    },
    {
      id: 'refuses-malformed-keys',
      title: 'An Idempotency-Key is 1 to 255 visible ASCII characters; anything else is 400',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Tell a header that is there and empty from one that is absent, and check the characters as well as the length.',
      reference: IDEMPOTENCY_KEY,
      run: async ({ http, random }) => {
        const bad = [
          '',
          'x'.repeat(256),
          `${random.word()} ${random.word()}`,
          `${random.word()}\u00e9`,
        ];
        await forAll(bad, async (key) => {
          const headers = { 'idempotency-key': key };
          const note = `Idempotency-Key: ${key.length > 40 ? `${key.length} characters` : `“${key}”`}`;
          const json = newTask(random);
          expect(await http.post('/tasks', { json, headers, note })).toBeProblem(400);
        });
        const good = [`!"#$%&'()*+,-./:;<=>?@[]^_{|}~\\\`${random.word()}`, random.word(255)];
        await forAll(good, async (key) => {
          const headers = { 'idempotency-key': key };
          const note = `Idempotency-Key of ${key.length} characters`;
          const json = newTask(random);
          const created = await createTask(http, json, { headers, note });
          const replay = await http.post<Task>('/tasks', { json, headers, note: AGAIN });
          expectReplay(replay, created);
        });
      },
    },
  ],
});

function expectReplay(replay: Response<Task>, first: Response<Task>): void {
  expect(replay).toHaveStatus(201);
  expect(replay.json.id, 'the id of the first answer', replay).toBe(first.json.id);
  expect(replay.json, 'the task of the first answer', replay).toBe(first.json);
  for (const name of ['Location', 'ETag']) {
    // Where the first answer lacks it, that is for other checks to say.
    const value = first.header(name);
    if (value !== undefined) expect(replay).toHaveHeader(name, value);
  }
  expect(replay).toHaveHeader('Idempotency-Replayed', 'true');
}
