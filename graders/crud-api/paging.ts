import { CheckFailure, defineStage, expect, type Http, statementLines } from 'backend-labs/kit';
import { idsOf, listPage, walk } from './api.ts';
import { expectInOrder, SORTS, type Sort } from './order.ts';
import { N_PLUS_ONE, NO_OFFSET } from './reading.ts';
import { insertRows, type Row } from './rows.ts';

const NOON = Date.parse('2026-03-01T12:00:00Z');
const MINUTE = 60_000;
const LIMIT = 4;

export default defineStage({
  id: 'paging',
  title: 'Pages while tasks come and go',
  world: 'own',
  checks: [
    {
      id: 'walk-breaks-ties',
      title: 'A walk shows tasks with equal sort keys exactly once, by id',
      points: 2,
      needs: ['sorts-tasks', 'pages-through', 'stores-in-postgres'],
      hint: 'The position in the list is the pair (key, id), in ORDER BY, in the cursor and in the comparison: `(created_at, id) < ($1, $2)`.',
      reference: NO_OFFSET,
      run: async ({ http, sql, random }) => {
        const tag = random.word(12);
        const rows = Array.from(
          { length: 30 },
          (_, i): Row => row(random.uuid(), tag, i % 3, i % 2),
        );
        await insertRows(sql, rows);
        for (const sort of SORTS) await expectWalk(http, tag, sort, rows);
      },
    },
    {
      id: 'walk-survives-inserts',
      title: 'A walk repeats nothing when tasks come in before its position',
      points: 2,
      needs: ['walk-breaks-ties'],
      hint: 'OFFSET counts rows from the start, and the start moves. Ask for what follows the last task of the page before instead (keyset pagination).',
      reference: NO_OFFSET,
      run: async ({ http, sql, random }) => {
        for (const sort of SORTS) {
          const tag = random.word(12);
          const rows = Array.from({ length: 3 * LIMIT }, (_, i) =>
            row(random.uuid(), tag, i % 5, 1),
          );
          await insertRows(sql, rows);
          // Before everything in this order: by time, and by priority.
          const [minute, priority] = sort.startsWith('-') ? [99, 2] : [-99, 0];
          const meanwhile = 'four tasks were inserted in front of the list after page 1';
          await expectWalk(http, tag, sort, rows, meanwhile, async (_, page) => {
            // As many as the page holds: a page that is counted from the start would come again.
            const fresh = Array.from({ length: LIMIT }, () =>
              row(random.uuid(), tag, minute, priority),
            );
            if (page === 1) await insertRows(sql, fresh);
          });
        }
      },
    },
    {
      id: 'walk-survives-deletes',
      title: 'A walk skips nothing when tasks that it has shown are deleted',
      points: 1,
      needs: ['walk-breaks-ties'],
      hint: 'With OFFSET the rest of the list moves up and the next page begins too late. Ask for what follows the last task of the page before instead (keyset pagination).',
      reference: NO_OFFSET,
      run: async ({ http, sql, random }) => {
        for (const sort of SORTS) {
          const tag = random.word(12);
          const rows = Array.from({ length: 4 * LIMIT }, (_, i) =>
            row(random.uuid(), tag, i % 5, i % 3),
          );
          await insertRows(sql, rows);
          const meanwhile = 'of each page, all tasks but the last were deleted after it';
          await expectWalk(http, tag, sort, rows, meanwhile, async (shown) => {
            // All but the last, which the cursor was made at: that is a check of its own.
            await sql`DELETE FROM tasks WHERE id = ANY (${shown.slice(0, -1)}::uuid[])`;
          });
        }
      },
    },
    {
      id: 'cursor-outlives-its-task',
      title: 'A cursor still leads on when the task that it was made at has moved or gone',
      points: 1,
      needs: ['walk-breaks-ties'],
      hint: 'Put the sort key and the id themselves into the cursor (as base64url of JSON, say). A cursor that is only an id must look the task up, and that may have gone.',
      reference: NO_OFFSET,
      run: async ({ http, sql, random }) => {
        for (const sort of SORTS) {
          const tag = random.word(12);
          const rows = Array.from({ length: 3 * LIMIT }, (_, i) =>
            row(random.uuid(), tag, i % 5, 1),
          );
          await insertRows(sql, rows);
          const meanwhile = 'of each page, the last task was deleted after it';
          await expectWalk(http, tag, sort, rows, meanwhile, async (shown) => {
            await sql`DELETE FROM tasks WHERE id = ${shown.at(-1)}`;
          });
        }
        for (const sort of ['priority', '-priority'] as const) {
          const tag = random.word(12);
          const rows = Array.from({ length: 3 * LIMIT }, (_, i) =>
            row(random.uuid(), tag, i % 5, 1),
          );
          await insertRows(sql, rows);
          // To the front, where the walk has been: it is not shown again, and hides nothing.
          const front = sort === 'priority' ? 1 : 5;
          const meanwhile = 'of each page, the last task was moved to the front after it';
          await expectWalk(http, tag, sort, rows, meanwhile, async (shown) => {
            await sql`UPDATE tasks SET priority = ${front} WHERE id = ${shown.at(-1)}`;
          });
        }
      },
    },
    {
      id: 'page-costs-constant-statements',
      title: 'A page of 50 tasks takes as many SQL statements as one of 5',
      points: 3,
      needs: ['lists-tasks', 'stores-in-postgres'],
      hint: 'Fetch the tags of all tasks of the page at once: a join, an array subquery, or one `WHERE task_id = ANY($1)`. A query for each task is the N+1 problem.',
      reference: N_PLUS_ONE,
      run: async ({ http, sql, random, postgres }) => {
        const tag = random.word(12);
        const rows = Array.from({ length: 60 }, (_, i) => row(random.uuid(), tag, i, i % 5));
        await insertRows(
          sql,
          rows.map((one) => ({ ...one, tags: [tag, random.word(), random.word()] })),
        );
        for (const query of [{ tag }, {}]) {
          const cheapest = async (limit: number) => {
            // Connections that open, and work that the app does on the side, add statements now and
            // then: the fewest of three tries are those of the page.
            const tries = [];
            for (let i = 0; i < 3; i += 1)
              tries.push(await postgres.during(() => listPage(http, { ...query, limit })));
            const [least] = tries.sort((a, b) => a.statements.length - b.statements.length);
            expect(
              least!.result.json.items.length,
              'the number of tasks on the page',
              least!.result,
            ).toBe(limit);
            return least!;
          };
          await listPage(http, { ...query, limit: 50 }, 'to warm up');
          const small = await cheapest(5);
          const large = await cheapest(50);
          if (large.statements.length === small.statements.length) continue;
          const { failure } = large.result.failure(
            `as many SQL statements as a page of 5 takes: ${small.statements.length}`,
            `${large.statements.length}`,
          );
          const statements = statementLines(large.statements);
          const evidence = { kind: 'statements' as const, title: 'For the page of 50', statements };
          throw new CheckFailure({ ...failure, evidence: [evidence, ...failure.evidence] });
        }
      },
    },
  ],
});

function row(id: string, tag: string, minute: number, priority: number): Row {
  const createdAt = new Date(NOON + minute * MINUTE).toISOString();
  return { id, title: `Row ${id.slice(0, 8)}`, priority: priority + 1, createdAt, tags: [tag] };
}

/**
 * Walks the list of a tag while `afterPage` changes it. The rows that were there at first must come
 * exactly once and in order; what came later may be shown or not.
 */
async function expectWalk(
  http: Http,
  tag: string,
  sort: Sort,
  rows: readonly Row[],
  meanwhile = '',
  afterPage: (shown: string[], page: number) => Promise<void> = async () => {},
): Promise<void> {
  const { tasks, last } = await walk(
    http,
    { tag, sort, limit: LIMIT },
    (items, page) => afterPage(idsOf(items), page),
    meanwhile,
  );
  expectInOrder(last, tasks, rows, sort);
}
