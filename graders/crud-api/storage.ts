import { defineStage, expect, type Response, type Sql } from 'backend-labs/kit';
import { createTask, listPage, readTask } from './api.ts';
import { postgresManual, rfc, twelveFactor } from './reading.ts';
import { insertRows } from './rows.ts';
import { newTask, otherThan, type TaskInput } from './task.ts';

const LONG_AGO = '2020-02-29T12:34:56.789Z';

export default defineStage({
  id: 'storage',
  title: 'Postgres is the truth',
  world: 'shared',
  checks: [
    {
      id: 'stores-in-postgres',
      title: 'What the API is told is in the tables of schema.sql',
      points: 2,
      needs: ['creates-task'],
      hint: 'Write each task to `tasks` and its tags, with their order, to `task_tags` of the database at DATABASE_URL, before you answer.',
      reference: twelveFactor('backing-services', 'Backing services'),
      run: async ({ http, sql, random }) => {
        const input = newTask(random);
        const created = await createTask(http, input);
        const { id } = created.json;
        const rows = await rowsOf(sql, id);
        expect(rows.length, 'the number of rows in tasks with its id', created).toBe(1);
        expectStored(rows[0], input, created);
        expect(rows[0]!.createdAt, 'created_at of the row', created).toBe(
          Date.parse(created.json.createdAt),
        );
      },
    },
    {
      id: 'changes-postgres',
      title: 'PUT, PATCH and DELETE change the rows',
      points: 1,
      needs: ['stores-in-postgres', 'put-sets-every-field', 'patches-task', 'deletes-task'],
      hint: 'Every write goes to Postgres before it is answered, tags included. A deleted task leaves neither its row nor its tags.',
      reference: postgresManual('tutorial-transactions', 'Transactions'),
      run: async ({ http, sql, random }) => {
        const { id, ...before } = (await createTask(http, newTask(random))).json;
        const expected = otherThan(random, before);
        const replaced = await http.put(`/tasks/${id}`, { json: expected });
        expect(replaced).toHaveStatus(200);
        expectStored((await rowsOf(sql, id))[0], expected, replaced);
        const tags = [random.word(), random.word()];
        const patched = await http.patch(`/tasks/${id}`, { json: { tags, priority: 3 } });
        expect(patched).toHaveStatus(200);
        const [changed] = await rowsOf(sql, id);
        expect(changed?.tags, 'tags in task_tags, by position,', patched).toBe(tags);
        expect(changed?.['priority'], 'priority in tasks', patched).toBe(3);
        const deleted = await http.delete(`/tasks/${id}`);
        expect(deleted).toHaveStatus(204);
        expect(await rowsOf(sql, id), 'rows in tasks with its id', deleted).toBe([]);
        const orphans = await sql`SELECT tag FROM task_tags WHERE task_id = ${id}`;
        expect(orphans, 'rows in task_tags with its id', deleted).toBe([]);
      },
    },
    {
      id: 'reads-what-sql-wrote',
      title: 'A row that another program inserted can be read',
      points: 1,
      needs: ['stores-in-postgres', 'reads-task'],
      hint: 'Read from Postgres, not from what this process remembers. Order the tags by `position`, which may have gaps.',
      reference: twelveFactor('processes', 'Processes'),
      run: async ({ http, sql, random }) => {
        const [id, title] = [random.uuid(), random.title()];
        const tags = random.shuffle(['b', 'a', 'c', 'D'].map((tag) => tag + random.word()));
        await insertRows(sql, [{ id, title, priority: 4, createdAt: LONG_AGO, tags }]);
        const found = await readTask(http, { id }, { note: 'a row that was inserted by SQL' });
        const fields = { id, title, priority: 4, tags, reference: null, dueOn: null };
        expect(found).toHaveJson({ ...fields, status: 'todo', description: null });
        expect(Date.parse(found.json.createdAt), 'createdAt', found).toBe(Date.parse(LONG_AGO));
      },
    },
    {
      id: 'sees-changes-at-once',
      title: 'What another program changes or deletes shows in the next answer',
      points: 1,
      needs: ['reads-what-sql-wrote', 'lists-tasks', 'etag-follows-changes', 'errors-are-problems'],
      hint: 'Keep no copy of tasks in the process: it is stale as soon as another instance, or psql, writes. The ETag must change with the row.',
      reference: twelveFactor('processes', 'Processes'),
      run: async ({ http, sql, random }) => {
        const tag = random.word(12);
        const created = await createTask(http, newTask(random, { tags: [tag] }));
        const { id } = created.json;
        const read = await readTask(http, { id });
        await listPage(http, { tag });
        const title = random.title();
        await sql`
          UPDATE tasks SET title = ${title}, version = version + 1, updated_at = now()
          WHERE id = ${id}`;
        const note = 'after an UPDATE by SQL';
        const headers = { 'if-none-match': read.requiredHeader('ETag') };
        const again = await readTask(http, { id }, { note, headers });
        expect(again).toHaveJson({ title });
        expect(again.header('ETag'), 'the ETag of the changed task', again).notToBe(
          read.header('ETag'),
        );
        const page = await listPage(http, { tag }, note);
        expect(page.json.items[0]?.title, 'the title in the list', page).toBe(title);

        await sql`DELETE FROM tasks WHERE id = ${id}`;
        const gone = 'after a DELETE by SQL';
        expect(await http.get(`/tasks/${id}`, { note: gone })).toBeProblem(404);
        const empty = await listPage(http, { tag }, gone);
        expect(empty.json.items, 'tasks in the list', empty).toBe([]);
      },
    },
    {
      id: 'stamps-changes',
      title: 'A change moves updatedAt on and leaves createdAt alone',
      points: 1,
      needs: ['stores-in-postgres', 'replaces-task', 'patches-task'],
      hint: 'The server sets updated_at in each UPDATE, from its own clock; created_at is written once. A DEFAULT acts on INSERT only.',
      reference: rfc(3339, '5.6', 'Internet Date/Time Format'),
      run: async ({ http, sql, random }) => {
        for (const method of ['PATCH', 'PUT']) {
          const { id } = (await createTask(http, newTask(random))).json;
          // Made older than it is, so that a change moves the time on however coarse a clock may be.
          await sql`
            UPDATE tasks SET created_at = ${LONG_AGO}, updated_at = ${LONG_AGO} WHERE id = ${id}`;
          const json = { title: random.title() };
          const changed = await http.request(method, `/tasks/${id}`, { json });
          expect(changed).toHaveStatus(200);
          const { createdAt, updatedAt } = changed.json;
          if (Date.parse(createdAt) !== Date.parse(LONG_AGO))
            throw changed.failure(`createdAt: ${LONG_AGO}, as before`, `createdAt: ${createdAt}`);
          if (Date.parse(updatedAt) <= Date.parse(LONG_AGO))
            throw changed.failure(`an updatedAt later than ${LONG_AGO}`, `updatedAt: ${updatedAt}`);
        }
      },
    },
    {
      id: 'references-are-unique',
      title: 'A reference that another task has is 409 and changes nothing',
      points: 2,
      needs: ['replaces-task', 'patches-task', 'errors-are-problems'],
      hint: 'Let the UNIQUE constraint decide, and turn its error (SQLSTATE 23505) into a 409. A task may keep its own reference, and any number have none.',
      reference: postgresManual('ddl-constraints', 'Constraints'),
      run: async ({ http, random }) => {
        const first = (await createTask(http, newTask(random))).json;
        const second = (await createTask(http, newTask(random))).json;
        const path = `/tasks/${second.id}`;
        const { reference } = first;
        const note = 'with the reference of another task';
        const json = newTask(random, { reference });
        expect(await http.post('/tasks', { json, note })).toBeProblem(409);
        expect(await http.put(path, { json, note })).toBeProblem(409);
        expect(await http.patch(path, { json: { reference, title: 'x' }, note })).toBeProblem(409);
        const found = await readTask(http, second, { note: 'after what was refused' });
        expect(found).toHaveJson(second);

        const own = {
          json: newTask(random, { reference: second.reference }),
          note: 'with its own reference',
        };
        expect(await http.put(path, own)).toHaveStatus(200);
        expect(await http.patch(path, { json: { reference: second.reference } })).toHaveStatus(200);
        const none = newTask(random, { reference: null });
        await createTask(http, none, { note: 'without a reference' });
        await createTask(http, none, { note: 'another one without a reference' });
      },
    },
  ],
});

type StoredTask = Record<string, unknown> & { createdAt: number; tags: string[] };

function expectStored(row: StoredTask | undefined, task: TaskInput, after: Response): void {
  for (const [name, value] of Object.entries(task))
    expect<unknown>(row?.[name], `"${name}" in the tables`, after).toBe(value);
}

/** The rows with this id, in the names of the API, with their tags. */
async function rowsOf(sql: Sql, id: string): Promise<StoredTask[]> {
  return sql<StoredTask>`
    SELECT reference, title, description, status, priority, due_on::text AS "dueOn",
      ARRAY(SELECT tag FROM task_tags WHERE task_id = tasks.id ORDER BY position) AS tags,
      (extract(epoch FROM created_at) * 1000)::float8 AS "createdAt"
    FROM tasks WHERE id = ${id}`;
}
