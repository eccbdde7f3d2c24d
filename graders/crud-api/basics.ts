import { defineStage, expect } from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { rfc } from './reading.ts';
import { DEFAULTS, newTask, otherThan, type TaskInput } from './task.ts';

const MERGE_PATCH = { 'content-type': 'application/merge-patch+json' };

export default defineStage({
  id: 'basics',
  title: 'Create, read, replace, patch, delete',
  world: 'shared',
  checks: [
    {
      id: 'answers-health',
      title: 'GET /healthz says that the app can serve',
      points: 1,
      hint: 'Answer 200 with {"status":"ok"} as application/json. Orchestrators ask this path before they send traffic.',
      reference: rfc(9110, '15.3.1', '200 OK'),
      run: async ({ http }) => {
        const health = await http.get('/healthz');
        expect(health).toHaveStatus(200);
        expect(health).toHaveJson({ status: 'ok' });
      },
    },
    {
      id: 'creates-task',
      title: 'POST /tasks creates a task and answers 201 with it',
      points: 2,
      hint: 'Answer 201, not 200, with the whole task: every field that was sent, as it was sent, and the id and timestamps that you made. Location and ETag go into headers.',
      reference: rfc(9110, '15.3.2', '201 Created'),
      run: async ({ http, random }) => {
        const input = newTask(random);
        const created = await http.post('/tasks', { json: input });
        expect(created).toHaveStatus(201);
        expect(created).toHaveJson(input);
      },
    },
    {
      id: 'applies-defaults',
      title: 'Fields that are not sent take the defaults of the contract',
      points: 1,
      needs: ['creates-task'],
      hint: 'Only `title` is required. Every other field is in the answer all the same, with its default: null, "todo", 3 or [].',
      reference: rfc(9110, '9.3.3', 'POST'),
      run: async ({ http, random }) => {
        const title = random.title();
        const created = await createTask(http, { title }, { note: 'with a title alone' });
        expect(created).toHaveJson({ ...DEFAULTS, title });
      },
    },
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
      id: 'reads-task',
      title: 'GET /tasks/{id} gives the task as it was created',
      points: 1,
      needs: ['creates-task'],
      hint: 'Make every answer from one function that turns a stored row into a task, so that POST, GET and the list cannot differ.',
      reference: rfc(9110, '9.3.1', 'GET'),
      run: async ({ http, random }) => {
        const created = await createTask(http, newTask(random));
        const other = await createTask(http, newTask(random));
        const found = await readTask(http, created.json);
        expect(found.json, 'the task', found).toBe(created.json);
        expect((await readTask(http, other.json)).json.id, 'id').toBe(other.json.id);
      },
    },
    {
      id: 'replaces-task',
      title: 'PUT replaces the whole task; what is not sent goes to its default',
      points: 2,
      needs: ['reads-task'],
      hint: 'PUT sets every field, tags included: take the request, add the defaults, and keep of the old task only `id` and `createdAt`.',
      reference: rfc(9110, '9.3.4', 'PUT'),
      run: async ({ http, random }) => {
        const { id, createdAt, ...before } = (await createTask(http, newTask(random))).json;
        const input = otherThan(random, before);
        const replaced = await http.put(`/tasks/${id}`, { json: input });
        expect(replaced).toHaveStatus(200);
        expect(replaced).toHaveJson({ ...input, id, createdAt });
        const found = await readTask(http, { id }, { note: 'after the PUT' });
        expect(found.json, 'the task', found).toBe(replaced.json);

        const title = random.title();
        const note = 'with a title alone';
        const emptied = await http.put(`/tasks/${id}`, { json: { title }, note });
        expect(emptied).toHaveStatus(200);
        expect(emptied).toHaveJson({ ...DEFAULTS, title, id, createdAt });
        const last = await readTask(http, { id }, { note: 'after the PUT of a title alone' });
        expect(last.json, 'the task', last).toBe(emptied.json);
      },
    },
    {
      id: 'patches-task',
      title: 'PATCH changes the fields that are sent and no other',
      points: 2,
      needs: ['reads-task'],
      hint: 'Tell a field that is absent from one that is null or equal to its default: only what is in the body may end up in the UPDATE. `tags` is replaced as a whole.',
      reference: rfc(7396, '2', 'Processing Merge Patch Documents'),
      run: async ({ http, random }) => {
        const {
          id,
          createdAt,
          updatedAt: _,
          ...before
        } = (await createTask(http, newTask(random))).json;
        const after = otherThan(random, before);
        const expected: TaskInput = { ...before };
        for (const field of random.shuffle(Object.keys(after) as (keyof TaskInput)[])) {
          const patch = { [field]: after[field] };
          Object.assign(expected, patch);
          // Both media types are listed; a learner may have wired one of them only.
          const headers = random.pick([MERGE_PATCH, {}]);
          const patched = await http.patch(`/tasks/${id}`, { json: patch, headers });
          expect(patched).toHaveStatus(200);
          expect(patched).toHaveJson({ ...expected, id, createdAt });
        }
        const both = await http.patch(`/tasks/${id}`, { json: { tags: [] }, headers: MERGE_PATCH });
        expect(both).toHaveStatus(200);
        const found = await readTask(http, { id }, { note: 'after the patches' });
        expect(found).toHaveJson({ ...expected, tags: [], id, createdAt });
        const note = 'an empty patch';
        const same = await http.patch(`/tasks/${id}`, { json: {}, note });
        expect(same).toHaveStatus(200);
        expect(same).toHaveJson({ ...expected, tags: [] });
      },
    },
    {
      id: 'patch-null-empties',
      title: 'null in a PATCH empties a field that may be empty; on any other it is 422',
      points: 1,
      needs: ['patches-task'],
      hint: 'A truthiness test or a default operator treats null like an absent field. Ask whether the member is there, then validate its value.',
      reference: rfc(7396, '1', 'Introduction'),
      run: async ({ http, random }) => {
        const { id, ...before } = (await createTask(http, newTask(random))).json;
        for (const field of ['title', 'status', 'priority', 'tags']) {
          const refused = await http.patch(`/tasks/${id}`, { json: { [field]: null } });
          expect(refused).toBeProblem(422);
        }
        for (const field of ['reference', 'description', 'dueOn'] as const) {
          const patched = await http.patch(`/tasks/${id}`, { json: { [field]: null } });
          expect(patched).toHaveStatus(200);
          expect(patched).toHaveJson({ [field]: null, title: before.title, tags: before.tags });
        }
        const found = await readTask(http, { id }, { note: 'after the patches' });
        const { title, status, priority, tags } = before;
        const empty = { reference: null, description: null, dueOn: null };
        expect(found).toHaveJson({ title, status, priority, tags, ...empty });
      },
    },
    {
      id: 'deletes-task',
      title: 'DELETE answers 204; the task is gone and its reference is free',
      points: 1,
      needs: ['reads-task'],
      hint: 'Really delete the row: a flag that only hides it keeps the reference taken. A second DELETE finds nothing and is 404.',
      reference: rfc(9110, '9.3.5', 'DELETE'),
      run: async ({ http, random }) => {
        const input = newTask(random);
        const { id } = (await createTask(http, input)).json;
        const bystander = (await createTask(http, newTask(random))).json;
        const deleted = await http.delete(`/tasks/${id}`);
        expect(deleted).toHaveStatus(204);
        expect(deleted).toHaveEmptyBody();
        expect(await http.get(`/tasks/${id}`, { note: 'after the DELETE' })).toBeProblem(404);
        expect(await http.delete(`/tasks/${id}`, { note: 'a second time' })).toBeProblem(404);
        await createTask(http, input, { note: 'with the reference of the deleted task' });
        await readTask(http, bystander, { note: 'another task, which was not deleted' });
      },
    },
  ],
});
