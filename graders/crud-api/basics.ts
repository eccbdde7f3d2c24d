import { defineStage, expect } from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { rfc } from './reading.ts';
import { newTask, otherThan, type TaskInput } from './task.ts';

const MERGE_PATCH = 'application/merge-patch+json';

/** Beside the sequences of `checks.yaml`, what takes code. */
export default defineStage({
  id: 'basics',
  title: 'Create, read, replace, patch, delete',
  world: 'shared',
  checks: [
    {
      id: 'location-resolves',
      title: 'The Location of a new task leads to it',
      points: 1,
      needs: ['reads-task'],
      hint: 'Location is the path of the new task, `/tasks/{id}`. If you write a whole URL, take host and port from the request, not from a constant.',
      reference: rfc(9110, '10.2.2', 'Location'),
      run: async ({ http, random }) => {
        const created = await createTask(http, newTask(random));
        const location = created.requiredHeader('Location');
        const url = URL.parse(location, created.exchange.url);
        if (url?.origin !== new URL(created.exchange.url).origin)
          throw created.failure('a Location on this server', `Location: ${location}`);
        const found = await http.get(url.href, { note: 'the Location of the new task' });
        expect(found).toHaveStatus(200);
        expect(found).toHaveJson({ id: created.json.id });
      },
    },
    {
      id: 'patches-task',
      title: 'PATCH changes the fields that are sent',
      points: 1,
      needs: ['reads-task'],
      hint: 'Take application/merge-patch+json as well as application/json, change the row, and answer 200 with the whole task.',
      reference: rfc(5789, '2', 'The PATCH Method'),
      run: async ({ http, random }) => {
        const { id, createdAt } = (await createTask(http, newTask(random))).json;
        const types = ['application/json', MERGE_PATCH, `${MERGE_PATCH}; charset=utf-8`];
        for (const type of types) {
          const patch = { title: random.title(), priority: random.integer(1, 5) };
          const headers = { 'content-type': type };
          const patched = await http.patch(`/tasks/${id}`, { json: patch, headers });
          expect(patched).toHaveStatus(200);
          expect(patched).toHaveJson({ ...patch, id, createdAt });
          const found = await readTask(http, { id }, { note: 'after the PATCH' });
          expect(found).toHaveJson(patched.json);
        }
      },
    },
    {
      id: 'patch-leaves-the-rest',
      title: 'PATCH leaves alone what is not sent, and replaces tags as a whole',
      points: 1,
      needs: ['patches-task'],
      hint: 'Tell a field that is absent from one that is null or equal to its default: only what is in the body may end up in the UPDATE.',
      reference: rfc(7396, '2', 'Processing Merge Patch Documents'),
      run: async ({ http, random }) => {
        const {
          id,
          createdAt,
          updatedAt: _,
          ...before
        } = (await createTask(http, newTask(random))).json;
        const after = otherThan(random, before);
        const steps: Partial<TaskInput>[] = [
          ...random
            .shuffle(Object.keys(after))
            .map((field) => ({ [field]: after[field as 'title'] })),
          { tags: [] },
          {},
        ];
        let expected: TaskInput = before;
        for (const patch of steps) {
          expected = { ...expected, ...patch };
          const patched = await http.patch(`/tasks/${id}`, { json: patch });
          expect(patched).toHaveStatus(200);
          expect(patched).toHaveJson({ ...expected, id, createdAt });
        }
        const found = await readTask(http, { id }, { note: 'after the patches' });
        expect(found).toHaveJson({ ...expected, id, createdAt });
      },
    },
    {
      id: 'patch-null-empties',
      title: 'null in a PATCH empties a field that may be empty; on any other it is 422',
      points: 1,
      needs: ['patches-task', 'errors-are-problems'],
      hint: 'A truthiness test or a default operator treats null like an absent field. Ask whether the member is there, then validate its value.',
      reference: rfc(7396, '1', 'Introduction'),
      run: async ({ http, random }) => {
        const { id } = (await createTask(http, newTask(random))).json;
        for (const field of ['title', 'status', 'priority', 'tags']) {
          const refused = await http.patch(`/tasks/${id}`, { json: { [field]: null } });
          expect(refused).toBeProblem(422);
        }
        for (const field of ['reference', 'description', 'dueOn'] as const) {
          const patched = await http.patch(`/tasks/${id}`, { json: { [field]: null } });
          expect(patched).toHaveStatus(200);
          expect(patched).toHaveJson({ [field]: null });
        }
        const found = await readTask(http, { id }, { note: 'after the patches' });
        expect(found).toHaveJson({ reference: null, description: null, dueOn: null });
      },
    },
  ],
});
