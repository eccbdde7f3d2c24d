import { defineStage, expect, type Http, type Random, type Response } from 'backend-labs/kit';
import { createTask, forAll, idsOf, listPage, readTask } from './api.ts';
import { expectNoInternals } from './leaks.ts';
import { owasp, rfc } from './reading.ts';
import { DEFAULTS, newTask } from './task.ts';
import { randomText, TEXTS } from './texts.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const DEPTH = 50_000;

export default defineStage({
  id: 'hostile',
  title: 'Whatever comes in',
  world: 'shared',
  checks: [
    {
      id: 'keeps-text-exactly',
      title: 'Text comes back code point by code point',
      points: 2,
      needs: ['reads-task'],
      hint: 'Store and return what was sent: no trim, no Unicode normalisation, no HTML escaping, no case folding. Escaping is the business of whoever displays it.',
      reference: {
        title: 'Unicode Standard Annex #15: Unicode Normalization Forms',
        url: 'https://www.unicode.org/reports/tr15/',
      },
      run: async ({ http, random }) => {
        const samples = [...TEXTS, ...Array.from({ length: 4 }, () => randomText(random))];
        await forAll(samples, async (text) => {
          const fields = { title: text, description: text, tags: [text, `${text}!`] };
          const created = await createTask(http, fields);
          expectTexts(created, fields);
          expectTexts(await readTask(http, created.json), fields);
        });
      },
    },
    {
      id: 'refuses-unstorable-text',
      title: 'A string with U+0000 or with half a surrogate pair is 422',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Postgres cannot store U+0000, and UTF-8 cannot carry an unpaired surrogate: check each string that you parsed before it reaches the driver, tags and all.',
      reference: rfc(8259, '8.2', 'Unicode Characters'),
      run: async ({ http, random }) => {
        const bad = ['\0', 'a\0b', '\ud800', 'a\udc00', '\udc00\ud800', '\u{1F600}\ud83d'];
        await forAll(bad, async (text) => {
          const cases = [{ title: `x${text}` }, { description: text }, { tags: ['fine', text] }];
          for (const fields of cases) {
            const json = { title: random.title(), ...fields };
            const note = `${Object.keys(fields)}: ${JSON.stringify(text)}`;
            expect(await http.post('/tasks', { json, note })).toBeProblem(422);
          }
        });
      },
    },
    {
      id: 'survives-hostile-json',
      title: 'JSON that is made to hurt is refused and does no harm',
      points: 1,
      needs: ['applies-defaults', 'broken-json-is-400', 'refuses-unknown-fields'],
      hint: 'What walks a body recursively runs out of stack: bound the depth, or catch it. Never merge a body into an object of yours member by member: `__proto__` is a member like any other.',
      reference: owasp(
        'Prototype_Pollution_Prevention_Cheat_Sheet',
        'Prototype Pollution Prevention',
      ),
      run: async ({ http, random }) => {
        const deep = (open: string, close: string) => open.repeat(DEPTH) + close.repeat(DEPTH);
        const cases: [note: string, body: string, statuses: number[]][] = [
          ['lists in lists', deep('[', ']'), [400, 422]],
          ['a title of lists in lists', `{"title":${deep('[', ']')}}`, [400, 422]],
          [
            'objects in objects',
            `{"title":${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}}`,
            [400, 422],
          ],
          ['tags of lists in lists', `{"title":"x","tags":${deep('[', ']')}}`, [400, 422]],
          ['lists that do not end', `{"title":${'['.repeat(DEPTH)}`, [400, 422]],
          ['__proto__', '{"title":"x","__proto__":{"status":"done","polluted":1}}', [400, 422]],
          ['constructor', '{"title":"x","constructor":{"prototype":{"priority":5}}}', [400, 422]],
          ['priority 1e400', '{"title":"x","priority":1e400}', [422]],
          ['a number of 2,000 digits', `{"title":"x","priority":${'9'.repeat(2_000)}}`, [400, 422]],
        ];
        for (const [note, body, statuses] of cases) {
          expect(await http.post('/tasks', { body, headers: JSON_TYPE, note })).toBeProblem(
            ...statuses,
          );
        }
        const title = random.title();
        const after = await createTask(http, { title }, { note: 'after all that' });
        expect(after).toHaveJson({ ...DEFAULTS, title });
      },
    },
    {
      id: 'treats-values-as-data',
      title: 'Quotes, percent signs and SQL in any parameter are data',
      points: 2,
      needs: ['filters-tasks', 'errors-are-problems'],
      hint: 'Values go to Postgres as parameters ($1, $2 …), never into the text of a statement; what cannot be a parameter (a column to sort by) comes from a list of your own.',
      reference: owasp('SQL_Injection_Prevention_Cheat_Sheet', 'SQL Injection Prevention'),
      run: async ({ http, random }) => {
        const word = random.word(10);
        const tags = [
          `${word}' OR '1'='1`,
          `${word}') OR ('a'='a`,
          `${word}'; SELECT 1; --`,
          `${word}"\\`,
          `${word}%`,
          `${word}_`,
          `${word}$1`,
          `${word}{,}`,
        ];
        await forAll(tags, async (tag) => {
          const title = `'); ${tag}`;
          const created = await createTask(http, { title, tags: [tag] });
          expect(created).toHaveJson({ title, tags: [tag] });
          const page = await listPage(http, { tag });
          expect(idsOf(page.json.items), 'tasks with this tag', page).toBe([created.json.id]);
        });
        await forAll(["' OR '1'='1", '%', '_', "') OR TRUE --"], async (end) => {
          const page = await listPage(http, { tag: `${random.word(12)}${end}` });
          expect(page.json.items.length, 'the number of tasks with a tag that none has', page).toBe(
            0,
          );
        });
        await forAll(['limit', 'sort', 'status', 'priority', 'cursor'], async (name) => {
          const value = name === 'sort' ? 'priority' : name === 'status' ? 'todo' : '1';
          for (const sql of ['; SELECT 1', "' OR '1'='1"]) {
            expect(await http.get('/tasks', { query: { [name]: value + sql } })).toBeProblem(400);
          }
        });
      },
    },
    {
      id: 'hides-internals',
      title: 'No answer to a bad request shows a stack trace, SQL or a driver’s message',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Write the words of a problem yourself and log the error instead. `error.message` of a driver tells a stranger about tables, constraints and paths.',
      reference: owasp('Error_Handling_Cheat_Sheet', 'Error Handling'),
      run: async ({ http, random }) => {
        for (const answer of await badRequests(http, random)) expectNoInternals(answer);
      },
    },
  ],
});

/** As `toHaveJson`, with all but ASCII spelt out: \u00e9 and e\u0301 look the same. */
function expectTexts(response: Response, fields: Record<string, unknown>): void {
  for (const [name, text] of Object.entries(fields)) {
    const [sent, got] = [spelt(text), spelt(response.json?.[name])];
    if (got !== sent)
      throw response.failure(`"${name}": ${sent} in the body`, `"${name}": ${got.slice(0, 400)}`);
  }
}

function spelt(text: unknown): string {
  return (JSON.stringify(text) ?? 'nothing').replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Answers to everything that tempts an app to show what went wrong inside it. */
async function badRequests(http: Http, random: Random): Promise<Response[]> {
  const taken = newTask(random);
  await createTask(http, taken);
  const answers: Response[] = [
    await http.post('/tasks', { json: taken, note: 'with a reference that is taken' }),
    await http.post('/tasks', { json: { title: 'x\0', tags: ['\ud800'] } }),
    await http.post('/tasks', { body: '{"title":', headers: JSON_TYPE }),
    await http.post('/tasks', { body: 'title=x', headers: { 'content-type': 'text/plain' } }),
    await http.post('/tasks/batch', { json: { tasks: [null] } }),
    await http.put(`/tasks/${random.uuid()}`, { json: { title: 'x' } }),
    await http.delete(`/tasks/${random.word()}`),
    await http.get(`/${random.word()}`),
  ];
  const fields = [
    { title: null },
    { status: 'open' },
    { priority: 99_999 },
    { priority: 'high' },
    { dueOn: '2026-02-30' },
    { tags: 'home' },
    { reference: { sql: 1 } },
    { id: 'not-a-uuid' },
  ];
  for (const some of fields)
    answers.push(await http.post('/tasks', { json: { title: 'x', ...some } }));
  for (const id of ['1', 'x', "'", '%00', '%ff', random.uuid().slice(1)])
    answers.push(await http.get(`/tasks/${id}`));
  for (const query of [
    'limit=99999999999999999999',
    'limit=-1',
    'cursor=%00',
    'sort=id',
    'tag=%00',
  ])
    answers.push(await http.get(`/tasks?${query}`));
  return answers;
}
