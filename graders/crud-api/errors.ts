import { defineStage, expect, type RequestOptions } from 'backend-labs/kit';
import { createTask, forAll } from './api.ts';
import { rfc } from './reading.ts';
import { newTask } from './task.ts';

const MEBIBYTE = 1_048_576;
const OPTIONAL_METHODS = ['HEAD', 'OPTIONS'];

const BROKEN_JSON = [
  '{"title":',
  '{"title": "no end}',
  '{"title": "a comma too many",}',
  "{'title': 'wrong quotes'}",
  '{title: "no quotes"}',
  '{"title": "one"} {"title": "two"}',
  'title=form',
  '[',
];

export default defineStage({
  id: 'errors',
  title: 'Errors, in the terms of HTTP',
  world: 'shared',
  checks: [
    {
      id: 'errors-are-problems',
      title: 'An error is a problem document whose status is the HTTP status',
      points: 1,
      needs: ['reads-task'],
      hint: 'Write every error in one place, as application/problem+json with `type`, `title` and `status`. Your framework’s own error pages are HTML or another JSON.',
      reference: rfc(9457, '3', 'The Problem Details JSON Object'),
      run: async ({ http, random }) => {
        const missing = await http.get(`/tasks/${random.uuid()}`, {
          note: 'a task that does not exist',
        });
        expect(missing).toBeProblem(404);
      },
    },
    {
      id: 'unknown-id-is-404',
      title: 'A task that does not exist is 404 for every method, and PUT does not create it',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Look at how many rows the statement found or changed: none means 404, as application/problem+json like every error.',
      reference: rfc(9110, '15.5.5', '404 Not Found'),
      run: async ({ http, random }) => {
        const id = random.uuid();
        const json = newTask(random);
        expect(await http.get(`/tasks/${id}`)).toBeProblem(404);
        expect(await http.put(`/tasks/${id}`, { json })).toBeProblem(404);
        expect(await http.patch(`/tasks/${id}`, { json: { priority: 1 } })).toBeProblem(404);
        expect(await http.delete(`/tasks/${id}`)).toBeProblem(404);
        const note = 'after the PUT that was refused';
        expect(await http.get(`/tasks/${id}`, { note })).toBeProblem(404);
      },
    },
    {
      id: 'ids-are-uuids',
      title: 'An id is a UUID of any version in either case; anything else is 400',
      points: 1,
      needs: ['unknown-id-is-404'],
      hint: 'Test the shape (8-4-4-4-12 hexadecimal digits) before you ask the database, which takes other spellings and fails on the rest. Do not insist on version 4.',
      reference: rfc(9562, '4', 'UUID Format'),
      run: async ({ http, random }) => {
        const { id } = (await createTask(http, newTask(random))).json;
        const upper = await http.get(`/tasks/${id.toUpperCase()}`, { note: 'in upper case' });
        expect(upper).toHaveStatus(200);
        expect(upper).toHaveJson({ id });
        const zero = '00000000-0000-0000-0000-000000000000';
        expect(await http.get(`/tasks/${zero}`, { note: 'a UUID all the same' })).toBeProblem(404);

        const malformed = [
          '1',
          random.word(),
          id.replaceAll('-', ''),
          `{${id}}`,
          `urn:uuid:${id}`,
          `${id}0`,
          id.slice(0, -1),
          id.replace(/^./, 'g'),
          `${id} `,
          `${id}' OR '1'='1`,
          `${id}\0`,
        ].map(encodeURIComponent);
        await forAll([...malformed, '%zz'], async (text) => {
          expect(await http.get(`/tasks/${text}`)).toBeProblem(400);
        });
        const note = 'a malformed id';
        const json = newTask(random);
        expect(await http.put('/tasks/1', { json, note })).toBeProblem(400);
        expect(await http.patch('/tasks/1', { json: { priority: 1 }, note })).toBeProblem(400);
        expect(await http.delete('/tasks/1', { note })).toBeProblem(400);
      },
    },
    {
      id: 'unlisted-path-is-404',
      title: 'A path that the contract does not list is 404, as a problem document',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Your framework’s own “not found” answer is HTML or another JSON. Give it a handler that answers application/problem+json.',
      reference: rfc(9457, '3', 'The Problem Details JSON Object'),
      run: async ({ http, random }) => {
        const { id } = (await createTask(http, newTask(random))).json;
        const paths = ['/', `/${random.word()}`, `/tasks/${id}/${random.word()}`, '/task'];
        await forAll(paths, async (path) => {
          expect(await http.get(path)).toBeProblem(404);
          expect(await http.post(path, { json: newTask(random) })).toBeProblem(404);
        });
      },
    },
    {
      id: 'unlisted-method-is-405',
      title: 'A listed path with another method is 405 with Allow',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Route by path first and by method second: the path is known, so it is not a 404. Allow names the methods of this path; /tasks/batch is not a task whose id is “batch”.',
      reference: rfc(9110, '15.5.6', '405 Method Not Allowed'),
      run: async ({ http, random }) => {
        const { id } = (await createTask(http, newTask(random))).json;
        const wrong: [path: string, allowed: string[], methods: string[]][] = [
          ['/healthz', ['GET'], ['POST', 'DELETE']],
          ['/tasks', ['GET', 'POST'], ['PUT', 'PATCH', 'DELETE']],
          ['/tasks/batch', ['POST'], ['GET', 'PUT', 'DELETE']],
          [`/tasks/${id}`, ['GET', 'PUT', 'PATCH', 'DELETE'], ['POST']],
        ];
        const requests = wrong.flatMap(([path, allowed, methods]) =>
          methods.map((method) => ({ path, allowed, method })),
        );
        await forAll(requests, async ({ path, allowed, method }) => {
          const body = ['GET', 'DELETE'].includes(method) ? {} : { json: newTask(random) };
          const answer = await http.request(method, path, body);
          expect(answer).toBeProblem(405);
          const allow = answer
            .requiredHeader('Allow')
            .split(',')
            .map((name) => name.trim());
          const listed = allow.filter((name) => !OPTIONAL_METHODS.includes(name)).sort();
          expect(listed, 'methods in Allow', answer).toBe([...allowed].sort());
        });
      },
    },
    {
      id: 'broken-json-is-400',
      title: 'A body that is no JSON is 400',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'The parser throws before your handler runs: catch that in the error handler and answer a 400 problem. It is neither a 500 nor a 422.',
      reference: rfc(9110, '15.5.1', '400 Bad Request'),
      run: async ({ http }) => {
        const headers = { 'content-type': 'application/json' };
        await forAll(BROKEN_JSON, async (body) => {
          expect(await http.post('/tasks', { body, headers })).toBeProblem(400);
        });
        const note = 'with an empty body';
        expect(await http.post('/tasks', { body: '', headers, note })).toBeProblem(400, 422);
      },
    },
    {
      id: 'wrong-media-type-is-415',
      title: 'A body with a media type that the operation does not list is 415',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Compare the media type alone: without its parameters and without regard to case. No Content-Type is not JSON either, whatever the body looks like.',
      reference: rfc(9110, '15.5.16', '415 Unsupported Media Type'),
      run: async ({ http, random }) => {
        const typed = (type?: string): RequestOptions => ({
          body: JSON.stringify({ title: random.title() }),
          headers: type === undefined ? {} : { 'content-type': type },
          note: type === undefined ? 'without a Content-Type' : `as ${type}`,
        });
        const wrong = [
          undefined,
          'text/plain',
          'application/x-www-form-urlencoded',
          'application/xml',
          'application/jsonp',
          'application/merge-patch+json',
        ];
        await forAll(wrong, async (type) => {
          expect(await http.post('/tasks', typed(type))).toBeProblem(415);
        });
        const right = [
          'application/json; charset=utf-8',
          'Application/JSON',
          'application/json;v="1"',
        ];
        await forAll(right, async (type) => {
          expect(await http.post('/tasks', typed(type))).toHaveStatus(201);
        });
      },
    },
    {
      id: 'large-body-is-413',
      title: 'A body of 1 MiB is read, one of a byte more is 413',
      points: 1,
      needs: ['errors-are-problems'],
      hint: 'Set the limit of your body parser to 1,048,576 bytes, and turn its error into a 413 problem. Parsers’ defaults are often 100 KB.',
      reference: rfc(9110, '15.5.14', '413 Content Too Large'),
      run: async ({ http, random }) => {
        // Blanks count as bytes and mean nothing: the body has no other fault than its size.
        const body = (bytes: number) => JSON.stringify({ title: random.title() }).padEnd(bytes);
        const headers = { 'content-type': 'application/json' };
        const fits = await http.post('/tasks', {
          body: body(MEBIBYTE),
          headers,
          note: 'a body of exactly 1 MiB',
        });
        expect(fits).toHaveStatus(201);
        const note = 'a body of 1 MiB and one byte';
        const large = await http.post('/tasks', { body: body(MEBIBYTE + 1), headers, note });
        expect(large).toBeProblem(413);
      },
    },
  ],
});
