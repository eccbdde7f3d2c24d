import { defineStage, expect, type RequestOptions } from 'backend-labs/kit';
import { post } from './api.ts';
import { postPatiently } from './bounds.ts';
import { digest, flaky, type JobInput, sleep, sum, type Task } from './job.ts';
import { ACCEPTED, PROBLEMS, rfc } from './reading.ts';

export default defineStage({
  id: 'requests',
  title: 'What is refused',
  world: 'shared',
  checks: [
    {
      id: 'refuses-invalid-jobs',
      title: 'A job that breaks a rule is 422, says where, and leaves no row',
      points: 2,
      needs: ['accepts-job'],
      hint: 'Check the type, the payload by its type, priority and delayMs before anything is stored; convert nothing, and refuse what you do not know.',
      reference: rfc(9110, '15.5.21', '422 Unprocessable Content'),
      run: async ({ http, sql, random }) => {
        // By which a row would be known: other checks add theirs meanwhile.
        const delayMs = random.integer(2_000_000, 3_000_000);
        const job = (input: object) => ({ ...sleep(1).input, delayMs, ...input });
        const typed = (type: string, payload: unknown) => ({ type, payload, delayMs });
        const bad: [pointer: RegExp, body: unknown][] = [
          [/^\/type$/, typed(random.word(), {})],
          [/^\/type$/, { payload: { ms: 1 }, delayMs }],
          [/^\/type$/, typed(random.pick(['Sleep', 'toString', '__proto__', '']), { ms: 1 })],
          [/^\/payload/, { type: 'sleep', delayMs }],
          [/^\/payload/, typed('sleep', [])],
          [/^\/payload/, typed('sleep', {})],
          [/^\/payload/, typed('sleep', { ms: '5' })],
          [/^\/payload/, typed('sleep', { ms: -1 })],
          [/^\/payload/, typed('sleep', { ms: 10_001 })],
          [/^\/payload/, typed('sleep', { ms: 1.5 })],
          [/^\/payload/, typed('sleep', { ms: 1, steps: 0 })],
          [/^\/payload/, typed('sleep', { ms: 1, steps: 21 })],
          [/^\/payload/, typed('sleep', { ms: 1, numbers: [1] })],
          [/^\/payload/, typed('sum', { numbers: [] })],
          [/^\/payload/, typed('sum', { numbers: [1, null] })],
          [/^\/payload/, typed('sum', { numbers: [1_000_001] })],
          [/^\/payload/, typed('sum', { numbers: Array(1_001).fill(1) })],
          [/^\/payload/, typed('digest', { text: 7 })],
          [/^\/payload/, typed('digest', { text: 'x'.repeat(150_001) })],
          [/^\/payload/, typed('flaky', { failures: 1_001 })],
          [/^\/payload/, typed('flaky', { ms: 1 })],
          [/^\/priority$/, job({ priority: 0 })],
          [/^\/priority$/, job({ priority: 10 })],
          [/^\/priority$/, job({ priority: '1' })],
          [/^\/priority$/, job({ priority: null })],
          [/^\/delayMs$/, job({ delayMs: -1 })],
          [/^\/delayMs$/, job({ delayMs: 3_600_001 })],
          [/^\/delayMs$/, job({ delayMs: 0.5 })],
          [/^(\/status)?$/, job({ status: 'completed' })],
          [/^(\/maxAttempts)?$/, job({ maxAttempts: 9 })],
          [/^$/, [job({})]],
          [/^$/, 'sleep'],
          [/^$/, null],
        ];
        for (const [pointer, json] of bad) {
          const answer = await postPatiently<{ errors?: { pointer: string }[] }>(http, '/jobs', {
            body: JSON.stringify(json),
            ...JSON_TYPE,
          });
          expect(answer).toBeProblem(422);
          const pointers = (answer.json.errors ?? []).map((error) => error.pointer);
          if (!pointers.some((found) => pointer.test(found) || found === ''))
            throw answer.failure(
              `a pointer in errors that matches ${pointer}`,
              JSON.stringify(pointers),
            );
        }
        const rows = await sql`
          SELECT id, type FROM jobs
          WHERE abs(extract(epoch FROM run_at - created_at) * 1000 - ${delayMs}) < 100`;
        expect(rows, `rows in jobs that the ${bad.length} refused bodies left`).toBe([]);
      },
    },
    {
      id: 'accepts-bounds',
      title: 'What is just within the bounds is accepted',
      points: 1,
      needs: ['accepts-job'],
      hint: 'The bounds of the contract are inclusive.',
      reference: ACCEPTED,
      run: async ({ http, random }) => {
        const far = { delayMs: 3_600_000 };
        const tasks: Task[] = [
          sleep(10_000, 20, far),
          sleep(0, 1, { ...far, priority: 1 }),
          flaky(1_000, 10_000, { ...far, priority: 9 }),
          flaky(0, 0, far),
          digest('x'.repeat(150_000), far),
          // More bytes than characters may be.
          digest('é'.repeat(120_000), far),
          sum(random, { delayMs: 0 }),
        ];
        const numbers = Array.from({ length: 1_000 }, (_, i) =>
          i % 2 === 0 ? 1_000_000 : -1_000_000,
        );
        const most: JobInput = { type: 'sum', payload: { numbers }, ...far };
        for (const task of [...tasks, { input: most, result: {}, attempts: 1 }])
          await post(http, task);
      },
    },
    {
      id: 'errors-are-problems',
      title: 'What is wrong is answered as the contract says, with a problem document',
      points: 2,
      needs: ['accepts-job'],
      hint: 'One error handler for the whole app makes every error, also the framework’s own, a body of type application/problem+json with the member `status`.',
      reference: PROBLEMS,
      run: async ({ http, random }) => {
        const unknown = `/jobs/${random.uuid()}`;
        const body = JSON.stringify(sleep(1).input);
        const cases: [status: number[], method: string, path: string, options?: RequestOptions][] =
          [
            [[404], 'GET', unknown],
            [[404], 'POST', `${unknown}/cancel`],
            [[404], 'POST', `${unknown}/retry`],
            [[404], 'GET', `/${random.word()}`],
            [[404], 'POST', `${unknown}/${random.word()}`],
            [[400, 404], 'GET', `/jobs/${random.word()}`],
            [[400, 404], 'POST', '/jobs/1/cancel'],
            [[400, 404], 'GET', '/jobs/%00'],
            [[405], 'GET', '/jobs'],
            [[405], 'DELETE', unknown],
            [[405], 'PUT', unknown, { json: {} }],
            [[405], 'GET', `${unknown}/cancel`],
            [[405], 'GET', `${unknown}/retry`],
            [[405], 'POST', '/dead-letters', { json: {} }],
            [[400], 'POST', '/jobs', { body: '{"type"', ...JSON_TYPE }],
            [[400, 422], 'POST', '/jobs', { body: '', ...JSON_TYPE }],
            [[415], 'POST', '/jobs', { body, headers: { 'content-type': 'text/plain' } }],
            [
              [415],
              'POST',
              '/jobs',
              {
                body: 'type=sleep',
                headers: { 'content-type': 'application/x-www-form-urlencoded' },
              },
            ],
            [
              [413],
              'POST',
              '/jobs',
              { body: JSON.stringify(digest('x'.repeat(270_000)).input), ...JSON_TYPE },
            ],
          ];
        for (const [statuses, method, path, options] of cases)
          expect(await http.request(method, path, options)).toBeProblem(...statuses);
        const charset = { 'content-type': 'Application/JSON; charset=UTF-8' };
        expect(await postPatiently(http, '/jobs', { body, headers: charset })).toHaveStatus(202);
      },
    },
  ],
});

const JSON_TYPE = { headers: { 'content-type': 'application/json' } };
