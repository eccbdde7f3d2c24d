import { defineStage, expect, type RequestOptions } from 'backend-labs/kit';
import { createTask, forAll, readTask } from './api.ts';
import { OUT_OF_RANGE, WRONG_TYPES } from './bad-fields.ts';
import { owasp, rfc } from './reading.ts';
import { newTask, type TaskInput } from './task.ts';

const EMOJI = '\u{1F600}';

export default defineStage({
  id: 'validation',
  title: 'Only what the contract allows gets in',
  world: 'shared',
  checks: [
    {
      id: 'refuses-wrong-types',
      title: 'A field of the wrong type is 422; nothing is converted',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Validate against the schema of the contract with type coercion switched off: "3" is not 3, and null is not an absent field.',
      reference: owasp('Input_Validation_Cheat_Sheet', 'Input Validation'),
      run: async ({ http, random }) => {
        await forAll(WRONG_TYPES, async ([note, fields]) => {
          const json = { title: random.title(), ...fields };
          expect(await http.post('/tasks', { json, note })).toBeProblem(422);
        });
        await forAll([null, [], 'title', 7, true], async (json) => {
          const note = `with ${JSON.stringify(json)} for a body`;
          expect(await http.post('/tasks', { json, note })).toBeProblem(422);
        });
      },
    },
    {
      id: 'refuses-values-out-of-range',
      title: 'A value beyond the limits of the contract is 422',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Each limit of the contract is a rule to check before the INSERT: a length, a range, a pattern, a day that is in the calendar. The database’s own error comes too late and as a 500.',
      reference: rfc(9110, '15.5.21', '422 Unprocessable Content'),
      run: async ({ http, random }) => {
        await forAll(OUT_OF_RANGE, async ([note, fields]) => {
          const json = { title: random.title(), ...fields };
          expect(await http.post('/tasks', { json, note })).toBeProblem(422);
        });
        const note = 'without a title';
        expect(await http.post('/tasks', { json: { priority: 1 }, note })).toBeProblem(422);
      },
    },
    {
      id: 'accepts-the-limits',
      title: 'What lies just within the limits is accepted; lengths are counted in code points',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'A length in UTF-16 units or bytes counts an emoji as 2 or 4. A date is three numbers, not a moment: a detour over a time zone or a two-digit year loses it.',
      reference: {
        title: 'MDN: String length is counted in UTF-16 code units',
        url: 'https://developer.mozilla.org/en-US/docs/Web/JavaScript/Reference/Global_Objects/String/length',
      },
      run: async ({ http, random }) => {
        const reference = () => random.pick(['A', 'Q', 'Z']) + random.word(1).toUpperCase();
        const within: [note: string, fields: Partial<TaskInput>][] = [
          ['a title of 200 emoji', { title: EMOJI.repeat(200) }],
          ['a title of one letter', { title: 'x' }],
          ['a description of 100,000 emoji', { description: EMOJI.repeat(100_000) }],
          ['an empty description', { description: '' }],
          ['20 tags of 40 emoji', { tags: tagsOf(40) }],
          ['tags that differ in case only', { tags: ['Blue', 'blue', 'BLUE'] }],
          ['priority 1', { priority: 1 }],
          ['priority 5', { priority: 5 }],
          ['the first day', { dueOn: '0001-01-01' }],
          ['a day of the first century', { dueOn: '0099-12-31' }],
          ['the last day', { dueOn: '9999-12-31' }],
          ['29 February of a leap year', { dueOn: '2024-02-29' }],
          ['a short reference', { reference: `${reference()}-${random.integer(0, 9)}` }],
          ['a long reference', { reference: `${random.word(10).toUpperCase()}-999999` }],
          [
            'a reference with leading zeros',
            { reference: `${random.word(9).toUpperCase()}-000042` },
          ],
        ];
        await forAll(within, async ([note, fields]) => {
          const input = { title: random.title(), ...fields };
          const created = await createTask(http, input, { note });
          expect(created).toHaveJson(fields);
          expect(await readTask(http, created.json, { note })).toHaveJson(fields);
        });
        const beyond: [note: string, fields: Partial<TaskInput>][] = [
          ['a title of 201 emoji', { title: EMOJI.repeat(201) }],
          ['a tag of 41 emoji', { tags: [EMOJI.repeat(41)] }],
          ['a description of 100,001 emoji', { description: EMOJI.repeat(100_001) }],
        ];
        await forAll(beyond, async ([note, fields]) => {
          const json = { title: random.title(), ...fields };
          expect(await http.post('/tasks', { json, note })).toBeProblem(422);
        });
      },
    },
    {
      id: 'refuses-unknown-fields',
      title: 'Fields that a client may not set, or that nobody knows, are 422',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Name the fields that a client may send, and refuse the rest. Spreading the body into the INSERT lets anybody choose ids and rewrite history.',
      reference: owasp('Mass_Assignment_Cheat_Sheet', 'Mass Assignment'),
      run: async ({ http, random }) => {
        const id = random.uuid();
        const past = '2001-02-03T04:05:06.789Z';
        const intruders = { id, createdAt: past, updatedAt: past, created_at: past, version: 99 };
        const unknown = { [random.word()]: 'unknown', colour: null };
        await forAll(Object.entries({ ...intruders, ...unknown }), async ([field, value]) => {
          const json = { ...newTask(random), [field]: value };
          expect(await http.post('/tasks', { json, note: `with ${field}` })).toBeProblem(422);
        });
        const note = 'the id of a POST that was refused';
        expect(await http.get(`/tasks/${id}`, { note })).toBeProblem(404);
      },
    },
    {
      id: 'guards-changes',
      title: 'PUT and PATCH refuse what POST refuses, and then change nothing',
      points: 1,
      // One validator for all is the rule: what POST lets in already costs a check of its own.
      needs: [
        'replaces-task',
        'patches-task',
        'broken-json-is-400',
        'wrong-media-type-is-415',
        'refuses-wrong-types',
        'refuses-values-out-of-range',
        'refuses-unknown-fields',
        'refuses-unstorable-text',
      ],
      hint: 'Use one validator for all three; a patch differs only in that nothing is required. Validate the whole body before you change anything.',
      reference: owasp('Mass_Assignment_Cheat_Sheet', 'Mass Assignment'),
      run: async ({ http, random }) => {
        const task = (await createTask(http, newTask(random))).json;
        const bad: [note: string, fields: Record<string, unknown>][] = [
          ['a priority in quotes', { priority: '1' }],
          ['priority 6', { priority: 6 }],
          ['a blank title', { title: ' ' }],
          ['a day that does not exist', { dueOn: '2026-02-29' }],
          ['a tag twice', { tags: ['home', 'home'] }],
          ['U+0000 in the description', { description: 'a\0b' }],
          ['half a surrogate pair in a tag', { tags: ['\ud800'] }],
          ['an id', { id: random.uuid() }],
          ['createdAt', { createdAt: '2001-02-03T04:05:06.789Z' }],
          ['version', { version: 99 }],
          ['an unknown field', { [random.word()]: 1 }],
        ];
        for (const method of ['PUT', 'PATCH']) {
          const send = (note: string, options: RequestOptions) =>
            http.request(method, `/tasks/${task.id}`, { note, ...options });
          await forAll(bad, async ([note, fields]) => {
            const json = { ...newTask(random), ...fields };
            expect(await send(`with ${note}`, { json })).toBeProblem(422);
          });
          expect(await send('with a list for a body', { json: [] })).toBeProblem(422);
          const body = JSON.stringify(newTask(random));
          const text = { 'content-type': 'text/plain' };
          expect(await send('as text/plain', { body, headers: text })).toBeProblem(415);
          const broken = {
            body: body.slice(0, -1),
            headers: { 'content-type': 'application/json' },
          };
          expect(await send('with JSON that breaks off', broken)).toBeProblem(400);
        }
        const path = `/tasks/${task.id}`;
        const note = 'without a title';
        expect(await http.put(path, { json: { priority: 1 }, note })).toBeProblem(422);
        const merge = {
          body: JSON.stringify(newTask(random)),
          headers: { 'content-type': 'application/merge-patch+json' },
          note: 'with a media type for PATCH only',
        };
        expect(await http.put(path, merge)).toBeProblem(415);
        const found = await readTask(http, task, { note: 'after what was refused' });
        expect(found).toHaveJson(task);
      },
    },
    {
      id: 'points-at-faults',
      title: 'A 422 points at the field that breaks the rule',
      points: 1,
      needs: ['refuses-wrong-types', 'refuses-unknown-fields'],
      hint: 'Give `errors` one entry per fault, its `pointer` a JSON Pointer into the body: "/title", also where it is missing, and "" for the body itself. In names, ~ is written ~0 and / is ~1.',
      reference: rfc(6901, '3', 'JSON Pointer syntax'),
      run: async ({ http, random }) => {
        const title = random.title();
        const faults: [json: unknown, pointers: string[]][] = [
          [{}, ['/title']],
          [{ title: 7 }, ['/title']],
          [{ title, priority: 6 }, ['/priority']],
          [{ title, dueOn: '2026-02-29' }, ['/dueOn']],
          [{ title, tags: ['fine', ''] }, ['/tags', '/tags/1']],
          [{ title, tags: ['twice', 'twice'] }, ['/tags', '/tags/0', '/tags/1']],
          [{ title, colour: 'red' }, ['/colour']],
          [{ title, 'a/b~c': 1 }, ['/a~1b~0c']],
          [[title], ['']],
        ];
        await forAll(faults, async ([json, right]) => {
          const refused = await http.post('/tasks', { json });
          expect(refused).toBeProblem(422);
          const errors = refused.json.errors;
          const entries: { pointer?: unknown }[] = Array.isArray(errors) ? errors : [];
          expect(entries.length, 'the number of `errors`', refused).toBeAtLeast(1);
          for (const entry of entries)
            expect(entry?.pointer, 'the pointer', refused).toBeOneOf(right);
        });
      },
    },
  ],
});

/** 20 tags of that many code points, all different. */
function tagsOf(length: number): string[] {
  return Array.from({ length: 20 }, (_, i) =>
    String.fromCodePoint(0x1f601 + i).padEnd(2 * length, EMOJI),
  );
}
