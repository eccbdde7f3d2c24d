import { defineStage, expect } from 'backend-labs/kit';
import { createTask, forAll, idsOf, listPage, readTask } from './api.ts';
import { postgresManual, rfc } from './reading.ts';
import { newReference, newTask, type Task } from './task.ts';

export default defineStage({
  id: 'batches',
  title: 'Many tasks at once, or none',
  world: 'shared',
  checks: [
    {
      id: 'creates-batch',
      title: 'POST /tasks/batch creates all tasks and answers them in order',
      points: 1,
      needs: ['reads-task'],
      hint: 'A multi-row INSERT … RETURNING promises no order, and tags of one task must not land on another: match the answer with the request yourself.',
      reference: postgresManual('sql-insert', 'INSERT'),
      run: async ({ http, random }) => {
        for (const size of [1, random.integer(5, 15), 100]) {
          const tasks = Array.from({ length: size }, (_, i) =>
            i % 7 === 3 ? newTask(random, { tags: [], reference: null }) : newTask(random),
          );
          const note = `${size} tasks`;
          const created = await http.post<{ items: Task[] }>('/tasks/batch', {
            json: { tasks },
            note,
          });
          expect(created).toHaveStatus(201);
          const { items } = created.json;
          expect(items.length, 'the number of tasks in the answer', created).toBe(size);
          for (const [i, task] of tasks.entries())
            for (const [name, value] of Object.entries(task))
              expect<unknown>(
                items[i]?.[name as keyof Task],
                `"${name}" of items[${i}]`,
                created,
              ).toBe(value);
          expect(idsOf(items), 'their ids', created).toBeUnique();
          for (const item of [items[0]!, items.at(-1)!]) {
            const found = await readTask(http, item);
            expect(found).toHaveJson(item);
          }
        }
      },
    },
    {
      id: 'batch-is-all-or-nothing',
      title: 'One bad task in a batch, and none is stored',
      points: 3,
      needs: ['creates-batch', 'lists-tasks', 'errors-are-problems'],
      hint: 'Validate the whole batch first, then insert it inside one transaction on one connection, and roll that back on any error.',
      reference: postgresManual('tutorial-transactions', 'Transactions'),
      run: async ({ http, random }) => {
        const tag = random.word(12);
        const some = () => Array.from({ length: 6 }, () => newTask(random, { tags: [tag] }));
        const { reference } = (await createTask(http, newTask(random))).json;
        const taken = newTask(random, { tags: [tag], reference });
        const twice = newTask(random, { tags: [tag], reference: newReference(random) });
        const invalid = { ...newTask(random, { tags: [tag] }), priority: 9 };
        const refused: [note: string, tasks: unknown[], status: number][] = [
          ['the last one invalid', [...some(), invalid], 422],
          ['the last one with a reference that is taken', [...some(), taken], 409],
          ['the first one with a reference that is taken', [taken, ...some()], 409],
          [
            'one reference twice',
            [twice, ...some(), { ...newTask(random), reference: twice.reference }],
            409,
          ],
        ];
        for (const [note, tasks, status] of refused) {
          expect(await http.post('/tasks/batch', { json: { tasks }, note })).toBeProblem(status);
          const left = await listPage(http, { tag }, 'after the batch that was refused');
          expect(left.json.items.length, 'the number of tasks that it left', left).toBe(0);
        }
        const json = { tasks: [twice] };
        const note = 'with a reference of a batch that was refused';
        expect(await http.post('/tasks/batch', { json, note })).toHaveStatus(201);
      },
    },
    {
      id: 'batch-points-at-faults',
      title: 'A bad batch is 422 and points at the task and the field',
      points: 1,
      needs: ['creates-batch', 'points-at-faults'],
      hint: 'A batch is an object with `tasks` alone, 1 to 100 of them, each under the rules of a single task. Pointers count from 0: "/tasks/3/title".',
      reference: rfc(6901, '3', 'JSON Pointer syntax'),
      run: async ({ http, random }) => {
        const good = () => newTask(random);
        const many = Array.from({ length: 101 }, () => ({ title: 'x' }));
        const faults: [json: unknown, pointer: string][] = [
          [{}, '/tasks'],
          [{ tasks: [] }, '/tasks'],
          [{ tasks: many }, '/tasks'],
          [{ tasks: good() }, '/tasks'],
          [{ tasks: [good()], atomic: true }, '/atomic'],
          [[good()], ''],
          [{ tasks: [good(), good(), good(), { ...good(), title: '' }] }, '/tasks/3/title'],
          [{ tasks: [good(), { priority: 1 }] }, '/tasks/1/title'],
          [{ tasks: [{ ...good(), id: random.uuid() }, good()] }, '/tasks/0/id'],
          [{ tasks: [good(), null] }, '/tasks/1'],
          [{ tasks: [{ title: 'x', description: '\0' }] }, '/tasks/0/description'],
        ];
        await forAll(faults, async ([json, pointer]) => {
          const refused = await http.post('/tasks/batch', { json });
          expect(refused).toBeProblem(422);
          const errors = refused.json.errors;
          const entries: { pointer?: unknown }[] = Array.isArray(errors) ? errors : [];
          expect(entries.length, 'the number of `errors`', refused).toBeAtLeast(1);
          for (const entry of entries) expect(entry?.pointer, 'the pointer', refused).toBe(pointer);
        });
      },
    },
  ],
});
