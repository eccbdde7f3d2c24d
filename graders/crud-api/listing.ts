import { concurrently, defineStage, expect } from 'backend-labs/kit';
import { createTask, forAll, listPage, readTask, walk } from './api.ts';
import { expectInOrder, expectListed, SORTS } from './order.ts';
import { NO_OFFSET, owasp, postgresManual, rfc } from './reading.ts';
import { newTask, STATUSES, type Task } from './task.ts';

export default defineStage({
  id: 'listing',
  title: 'Lists: filters, order, pages',
  world: 'shared',
  checks: [
    {
      id: 'lists-tasks',
      title: 'GET /tasks lists whole tasks, the newest first',
      points: 1,
      needs: ['reads-task'],
      hint: 'Answer {"items": […], "nextCursor": null}, each item just as GET /tasks/{id} gives it, tags in their order. Without `sort` the order is -createdAt.',
      reference: rfc(9110, '9.3.1', 'GET'),
      run: async ({ http, random }) => {
        const tag = random.word(12);
        const tasks = [];
        for (const tags of [[tag], ['z', tag, 'a'], [random.word(), tag]])
          tasks.push((await createTask(http, newTask(random, { tags }))).json);
        const page = await listPage(http, { tag });
        expectListed(page, page.json.items, tasks);
        expectInOrder(page, page.json.items, tasks, '-createdAt');
        for (const item of page.json.items) {
          const single = await readTask(http, item, { note: 'a task that was listed' });
          for (const [name, value] of Object.entries(single.json))
            expect<unknown>(
              item[name as keyof Task],
              `"${name}" of ${item.id}, as GET /tasks/{id} gives it,`,
              page,
            ).toBe(value);
        }
        expect(page.json.nextCursor, 'nextCursor of the only page', page).toBe(null);
      },
    },
    {
      id: 'filters-tasks',
      title: 'status, priority and tag filter, and combine with “and”',
      points: 2,
      needs: ['lists-tasks'],
      hint: 'Add one condition to the WHERE clause for each parameter that is there. A tag matches as a whole, case and all, and filtering by one must not hide the task’s other tags.',
      reference: postgresManual('functions-subquery', 'EXISTS'),
      run: async ({ http, random }) => {
        const [tag, extra] = [random.word(12), random.word(12)];
        const tasks = await concurrently(12, async (i) => {
          const tags = i % 2 === 0 ? [extra, tag, `${tag}s`] : [tag];
          const status = STATUSES[i % 3]!;
          const input = newTask(random, { tags, status, priority: (i % 4) + 1 });
          return (await createTask(http, input)).json;
        });
        const [composed, decomposed] = [`${extra}\u00e9`, `${extra}e\u0301`];
        const accented = await createTask(http, newTask(random, { tags: [composed] }));
        const expectTasks = async (
          query: Record<string, string | number>,
          wanted: typeof tasks,
        ) => {
          const page = await listPage(http, { ...query, limit: 100 });
          expectListed(page, page.json.items, wanted);
          for (const item of page.json.items)
            expect<unknown>(item.tags, 'all tags of the task', page).toBe(
              wanted.find(({ id }) => id === item.id)?.tags,
            );
        };
        const [status, priority] = [random.pick(STATUSES), random.integer(1, 4)];
        const isStatus = (task: { status: string }) => task.status === status;
        const isPriority = (task: { priority: number }) => task.priority === priority;
        await expectTasks({ tag }, tasks);
        await expectTasks(
          { tag: extra },
          tasks.filter(({ tags }) => tags.includes(extra)),
        );
        await expectTasks({ tag, status }, tasks.filter(isStatus));
        await expectTasks({ tag, priority }, tasks.filter(isPriority));
        await expectTasks({ tag, status, priority }, tasks.filter(isStatus).filter(isPriority));
        await expectTasks({ tag, priority: 5 }, []);
        await expectTasks({ tag: tag.toUpperCase() }, []);
        await expectTasks({ tag: tag.slice(0, -1) }, []);
        await expectTasks({ tag: composed }, [accented.json]);
        await expectTasks({ tag: decomposed }, []);
      },
    },
    {
      id: 'sorts-tasks',
      title: 'sort orders by createdAt or priority, ties by id, in both directions',
      points: 2,
      needs: ['lists-tasks'],
      hint: 'ORDER BY the key and then the id, both in the same direction. Without the second, rows of equal priority come in whatever order Postgres likes.',
      reference: postgresManual('queries-order', 'Sorting Rows'),
      run: async ({ http, random }) => {
        const tag = random.word(12);
        const tasks = await concurrently(16, async (i) => {
          const input = newTask(random, { tags: [tag], priority: 1 + (i % 3) });
          return (await createTask(http, input)).json;
        });
        for (const sort of SORTS) {
          const page = await listPage(http, { tag, sort });
          expectListed(page, page.json.items, tasks);
          expectInOrder(page, page.json.items, tasks, sort);
        }
      },
    },
    {
      id: 'pages-through',
      title: 'Pages follow each other to the end: every task once, then nextCursor is null',
      points: 2,
      needs: ['lists-tasks'],
      hint: 'Ask Postgres for one row more than the page holds: it tells whether anything follows. Filters and order hold on every page; `limit` is 20 where it is not given.',
      reference: NO_OFFSET,
      run: async ({ http, random }) => {
        const tag = random.word(12);
        const tasks: Task[] = [];
        // One after another, for a time of their own each: ties are a check of their own.
        for (let i = 0; i < 21; i += 1) {
          const fields = { tags: [tag], status: i < 4 ? 'todo' : 'doing', priority: 1 + (i % 4) };
          tasks.push((await createTask(http, newTask(random, fields))).json);
        }
        const first = await listPage(http, { tag }, 'without a limit');
        expect(first.json.items.length, 'the number of tasks on the page', first).toBe(20);
        const short = await listPage(http, { tag, limit: 3 });
        expect(short.json.items.length, 'the number of tasks on the page', short).toBe(3);
        for (const limit of [7, 20, 21, 100]) {
          const { tasks: shown, last } = await walk(http, { tag, limit });
          expectListed(last, shown, tasks);
          expectInOrder(last, shown, tasks, '-createdAt');
          const onLast = last.json.items.length;
          expect(onLast, 'the number of tasks on the last page', last).toBe(21 % limit || limit);
        }
        const query = { tag, status: 'todo', sort: 'priority', limit: 3 };
        const { tasks: shown, last } = await walk(http, query);
        const todo = tasks.filter(({ status }) => status === 'todo');
        expectListed(last, shown, todo);
        expectInOrder(last, shown, todo, 'priority');
      },
    },
    {
      id: 'refuses-bad-parameters',
      title: 'A query parameter that is unknown, repeated, empty or out of range is 400',
      points: 1,
      needs: ['pages-through', 'errors-are-problems'],
      hint: 'Validate the query as strictly as a body: know every name, insist on decimal digits, and refuse a cursor that you cannot have made, or made for another sort.',
      reference: owasp('Input_Validation_Cheat_Sheet', 'Input Validation'),
      run: async ({ http, random }) => {
        const bad = [
          ...['0', '101', '-1', '1.5', '1e1', '0x10', 'ten', '', '5,', '99999999999999999999'].map(
            (limit) => `limit=${limit}`,
          ),
          ...['0', '6', '2.5', 'high', ''].map((priority) => `priority=${priority}`),
          ...['open', 'TODO', '', 'todo,done'].map((status) => `status=${status}`),
          ...['title', 'id', '+priority', '--priority', ''].map((sort) => `sort=${sort}`),
          `cursor=${random.word(20)}`,
          `cursor=${Buffer.from('{"id":1}').toString('base64url')}`,
          `cursor=${Buffer.from('[]').toString('base64')}`,
          'cursor=',
          'tag=',
          'tag=%00',
          `tag=${'x'.repeat(41)}`,
          'limit=5&limit=5',
          'tag=a&tag=b',
          'status=todo&status=done',
          `${random.word()}=1`,
          'offset=10',
        ];
        await forAll(bad, async (query) => {
          expect(await http.get(`/tasks?${query}`)).toBeProblem(400);
        });
        const tag = random.word(12);
        for (let i = 0; i < 2; i += 1) await createTask(http, newTask(random, { tags: [tag] }));
        for (const sort of SORTS) {
          const page = await listPage(http, { tag, sort, limit: 1 });
          const cursor = page.json.nextCursor ?? '';
          await forAll(
            SORTS.filter((other) => other !== sort),
            async (other) => {
              const query = { tag, sort: other, limit: 1, cursor };
              const note = `with a cursor made for sort=${sort}`;
              expect(await http.get('/tasks', { query, note })).toBeProblem(400);
            },
          );
        }
      },
    },
  ],
});
