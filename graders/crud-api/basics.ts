import { defineStage, expect } from 'backend-labs/kit';
import { createTask, readTask } from './api.ts';
import { rfc } from './reading.ts';
import { DEFAULTS, newTask, otherThan, type TaskInput } from './task.ts';

const MERGE_PATCH = 'application/merge-patch+json';

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
        expect(found).toHaveJson(created.json);
        expect((await readTask(http, other.json)).json.id, 'id').toBe(other.json.id);
      },
    },
    {
      id: 'replaces-task',
      title: 'PUT replaces a task and keeps its id and createdAt',
      points: 1,
      needs: ['reads-task'],
      hint: 'Validate the body as for POST, UPDATE the row but for its id and created_at, and answer 200 with the task as it now is.',
      reference: rfc(9110, '9.3.4', 'PUT'),
      run: async ({ http, random }) => {
        const { id, createdAt } = (await createTask(http, newTask(random, { tags: [] }))).json;
        const json = newTask(random, { tags: [] });
        const replaced = await http.put(`/tasks/${id}`, { json });
        expect(replaced).toHaveStatus(200);
        expect(replaced).toHaveJson({ ...json, id, createdAt });
        const found = await readTask(http, { id }, { note: 'after the PUT' });
        expect(found).toHaveJson(replaced.json);
      },
    },
    {
      id: 'put-sets-every-field',
      title: 'PUT sets tags too, and what is not sent goes to its default',
      points: 1,
      needs: ['replaces-task'],
      hint: 'PUT sets every field: take the request, add the defaults, and keep of the old task only `id` and `createdAt`. Tags live in a table of their own and are easily forgotten.',
      reference: rfc(9110, '9.3.4', 'PUT'),
      run: async ({ http, random }) => {
        const { id, createdAt, ...before } = (await createTask(http, newTask(random))).json;
        const title = random.title();
        const replacements: [note: string, json: Partial<TaskInput>][] = [
          ['with other tags', otherThan(random, before)],
          ['with a title alone', { title }],
        ];
        for (const [note, json] of replacements) {
          const replaced = await http.put(`/tasks/${id}`, { json, note });
          expect(replaced).toHaveStatus(200);
          expect(replaced).toHaveJson({ ...DEFAULTS, ...json, id, createdAt });
          const found = await readTask(http, { id }, { note: `after the PUT ${note}` });
          expect(found).toHaveJson(replaced.json);
        }
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
    {
      id: 'deletes-task',
      title: 'DELETE answers 204; the task is gone and its reference is free',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Answer 204 without a body, and really delete the row: a flag that only hides it keeps the reference taken. A second DELETE finds nothing and is 404.',
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
