import { concurrently, defineStage, expect, untilInTime } from 'backend-labs/kit';
import { burst, call, inTurn, newKey } from './calls.ts';
import { expectAtMost, expectLawful } from './history.ts';
import { expectNoLate503 } from './late.ts';
import { policiesOf } from './policies.ts';
import { LIMITERS, rfc, TOO_MANY } from './reading.ts';
import { exhaust, expectOneBudget } from './refused.ts';

export default defineStage({
  id: 'basics',
  title: 'Serve, and refuse',
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
      id: 'serves-routes',
      title: 'GET /quotes, GET /quotes/random and POST /reports are served',
      points: 1,
      hint: 'The template has the three routes; keep them as they are. A report is answered 202 with its id and its title.',
      reference: rfc(9110, '15.3.3', '202 Accepted'),
      run: async ({ http, random }) => {
        const headers = { 'x-api-key': newKey(random) };
        for (const path of ['/quotes', '/quotes/random']) {
          const quotes = await http.get(path, { headers });
          expectNoLate503(quotes);
          expect(quotes).toHaveStatus(200);
        }
        const title = random.title();
        const report = await http.post('/reports', { headers, json: { title } });
        expectNoLate503(report);
        expect(report).toHaveStatus(202);
        expect(report).toHaveJson({ title });
      },
    },
    {
      id: 'refuses-bad-requests',
      title:
        'Unknown paths are 404, unknown methods 405, bad reports 400, 415 or 422, all as problems',
      points: 1,
      needs: ['serves-routes'],
      hint: 'Make one error handler, and let it answer every error, also those that your framework finds, as application/problem+json with type, title and status.',
      reference: rfc(9457, '3', 'Members of a Problem Details Object'),
      run: async ({ http, random }) => {
        const unknown = await http.get(`/${random.word()}`);
        expect(unknown).toBeProblem(404);
        const wrongMethods = [
          ['DELETE', '/quotes', 'GET'],
          ['PUT', '/reports', 'POST'],
        ] as const;
        for (const [method, path, allowed] of wrongMethods) {
          const refused = await http.request(method, path);
          expect(refused).toBeProblem(405);
          expect(refused).toHaveHeader('Allow', new RegExp(`\\b${allowed}\\b`));
        }
        const long = 'x'.repeat(201);
        for (const json of [
          {},
          { title: 7 },
          { title: '' },
          { title: long },
          { title: 'x', id: 1 },
        ]) {
          // Each is another client's: none comes to its limit.
          const headers = { 'x-api-key': newKey(random) };
          const bad = await http.post('/reports', { headers, json });
          expectNoLate503(bad);
          expect(bad).toBeProblem(422);
        }
        const json = { 'x-api-key': newKey(random), 'content-type': 'application/json' };
        const broken = await http.post('/reports', { headers: json, body: '{"title' });
        expectNoLate503(broken);
        expect(broken).toBeProblem(400);
        const text = { 'x-api-key': newKey(random), 'content-type': 'text/plain' };
        const plain = await http.post('/reports', { headers: text, body: 'Sales' });
        expectNoLate503(plain);
        expect(plain).toBeProblem(415);
      },
    },
    {
      id: 'limits-strict',
      title: 'Under “strict” N requests pass, and the next is a 429 problem',
      points: 3,
      needs: ['serves-routes'],
      hint: 'Count the requests of each client in Redis, and answer 429 as application/problem+json once STRICT_LIMIT of them have passed in the last STRICT_WINDOW seconds. Both are in the environment.',
      reference: TOO_MANY,
      run: async ({ http, random, env }) => {
        const { strict } = policiesOf(env);
        const key = newKey(random);
        const calls = [];
        for (let i = 1; i <= strict.limit; i += 1) {
          const note = `request ${i} of a new client, whose limit is ${strict.limit}`;
          calls.push(await call(http, strict, { key, note }));
          expectLawful(calls, strict);
        }
        const note = `request ${strict.limit + 1} of the client, whose limit is ${strict.limit}`;
        calls.push(await call(http, strict, { key, note }));
        expectLawful(calls, strict);
        if (calls.at(-1)!.passed) calls.push((await exhaust([http], strict, { key })).refused);
        expect(calls.at(-1)!.response).toBeProblem(429);
      },
    },
    {
      id: 'limits-default',
      title: 'Under “default” N requests pass, and no more than 2N before a 429',
      points: 2,
      needs: ['limits-strict'],
      hint: 'Each policy has a limit and a window of its own in the environment: DEFAULT_LIMIT and DEFAULT_WINDOW hold for GET /quotes and GET /quotes/random.',
      reference: TOO_MANY,
      run: async ({ http, random, env }) => {
        const { byDefault } = policiesOf(env);
        // On a slow machine a window passes meanwhile, and who lets too few pass has room again: then once more.
        await untilInTime(async () => {
          const key = newKey(random);
          const note = `one of the first ${byDefault.limit} of a new client`;
          const first = await inTurn([http], byDefault, byDefault.limit, { key, note });
          expectLawful(first, byDefault);
          const { calls, refused } = await exhaust([http], byDefault, { key });
          expect(refused.response).toBeProblem(429);
          if (refused.answered - first[0]!.sent > byDefault.windowMs / 2) return false;
          expectAtMost([...first, ...calls], byDefault);
          return true;
        });
      },
    },
    {
      id: 'policies-are-separate',
      title: 'A client without budget under one policy has all of it under the other',
      points: 2,
      needs: ['limits-default'],
      hint: 'Put the name of the policy into the key in Redis. With the client alone in it, all routes draw on one counter.',
      reference: LIMITERS,
      run: async ({ http, random, env }) => {
        const { byDefault, strict } = policiesOf(env);
        for (const [used, other] of [
          [byDefault, strict],
          [strict, byDefault],
        ] as const) {
          const key = newKey(random);
          await exhaust([http], used, { key });
          const note = `of a client that has used up “${used.name}” and nothing of “${other.name}”`;
          expectLawful(await burst([http], other, other.limit, { key, note }), other);
        }
      },
    },
    {
      id: 'routes-share-a-budget',
      title: 'GET /quotes and GET /quotes/random draw on one budget',
      points: 2,
      needs: ['limits-default'],
      hint: 'The budget belongs to the policy, not to the path: leave the path out of the key in Redis, or an API with a hundred routes gives a hundred times the limit.',
      reference: LIMITERS,
      run: async ({ http, random, env, signal }) => {
        const { byDefault } = policiesOf(env);
        await expectOneBudget(
          byDefault,
          { random, signal },
          {
            what: 'GET /quotes has used up the budget',
            useUp: (key) => exhaust([http], byDefault, { key }),
            ask: (key, note) =>
              burst([http], byDefault, byDefault.limit, { key, note, path: '/quotes/random' }),
          },
        );
      },
    },
    {
      id: 'health-is-not-limited',
      title: 'GET /healthz is never limited, whatever the client has used up',
      points: 1,
      needs: ['limits-default', 'answers-health'],
      hint: 'Limit the routes that the contract names, rather than the whole app: an orchestrator that is answered 429 restarts a healthy instance.',
      reference: LIMITERS,
      run: async ({ http, random, env }) => {
        const { byDefault, strict } = policiesOf(env);
        const key = newKey(random);
        await Promise.all([byDefault, strict].map((policy) => exhaust([http], policy, { key })));
        const note = 'by a client that has used up every policy';
        const answers = await concurrently(byDefault.atMost + 1, () =>
          http.get('/healthz', { headers: { 'x-api-key': key }, note }),
        );
        for (const answer of answers) expect(answer).toHaveStatus(200);
      },
    },
  ],
});
