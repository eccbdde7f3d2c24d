import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ChecksFile, Step } from '../../../src/core/checks-file.ts';
import type { SharedContext } from '../../../src/kit/context.ts';
import { createRandom } from '../../../src/kit/random.ts';
import { graderOf } from '../../../src/kit/steps/grader.ts';
import { failureOf, sentenceOf } from './failure.ts';
import { client } from './server.ts';

interface Seen {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

type Answer = (seen: Seen, response: ServerResponse) => void;

/** A server that keeps what it is sent; by itself it answers with that. */
async function serve(answer: Answer = echo) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const { method = '', url = '', headers } = request;
    seen.push({ method, url, headers, body });
    answer(seen.at(-1)!, response);
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => new Promise((closed) => server.close(() => closed())));
  const { port } = server.address() as { port: number };
  return { seen, origin: `http://127.0.0.1:${port}` };
}

const echo: Answer = ({ body }, response) => json(response, 200, JSON.parse(body || 'null'));

function json(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': type, ...headers }).end(JSON.stringify(body));
}

/** Tries the steps as the only check of a file. */
async function play(
  origin: string,
  steps: Step[],
  {
    file = {},
    context = {},
  }: { file?: Partial<ChecksFile>; context?: Partial<SharedContext> } = {},
): Promise<void> {
  const about = { points: 1, hint: 'h', reference: { title: 't', url: 'u' } };
  const check = { id: 'a', title: 'A', ...about, steps: steps as [Step] };
  const grader = graderOf(
    {
      formatVersion: 1,
      lab: 'x',
      ...file,
      stages: [{ id: 's', title: 'S', world: 'shared', checks: [check] }],
    },
    (schema, body) =>
      JSON.stringify(schema) === JSON.stringify(body)
        ? []
        : [{ at: '/a', expected: 'that schema', actual: JSON.stringify(body) }],
  );
  await grader.stages[0]!.checks[0]!.run({
    http: client(origin).http,
    random: createRandom('seed', 'a'),
    signal: new AbortController().signal,
    ...context,
  } as never);
}

test('values are drawn once, and stand in all parts of a request', async () => {
  const { seen, origin } = await serve();
  const values = {
    n: { random: { integer: [1, 1_000_000] } },
    word: { random: 'word' },
    note: { text: 'a $word for $$5', n: '$n' },
  };
  const step: Step = {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the format's own.
    POST: '/notes/$n/${word}s',
    query: { n: '$n', page: 2 },
    headers: { 'X-Word': '<$word>' },
    json: '$note',
    expect: { json: { text: 'a $word for $$5', n: '$n' } },
  };
  await play(origin, [step, step], { file: { values } });
  expect(seen[1]).toMatchObject({ url: seen[0]!.url, body: seen[0]!.body });
  const { text, n } = JSON.parse(seen[0]!.body);
  const word = /^a (\w+) for \$5$/.exec(text)?.[1];
  expect(n).toEqual(expect.any(Number));
  expect(seen[0]!.url).toBe(`/notes/${n}/${word}s?n=${n}&page=2`);
  expect(seen[0]!.headers['x-word']).toBe(`<${word}>`);
});

test('what is captured stands for itself, with its type', async () => {
  const { seen, origin } = await serve(({ body }, response) =>
    json(response, 200, body ? JSON.parse(body) : { id: 7, tags: ['a'] }, { etag: '"v1"' }),
  );
  await play(origin, [
    { GET: '/', capture: { id: '/id', tag: '/tags/0', etag: 'header ETag', all: 'body' } },
    {
      PUT: '/$id',
      headers: { 'If-Match': '$etag' },
      json: { id: '$id', tag: '$tag', all: '$all' },
      expect: { json: { id: 7, '/all/tags': ['a'] } },
    },
  ]);
  expect(seen[1]).toMatchObject({
    url: '/7',
    headers: { 'if-match': '"v1"' },
    body: '{"id":7,"tag":"a","all":{"id":7,"tags":["a"]}}',
  });
});

describe('a failure says what was expected', () => {
  const note = { id: 5, at: '2026-02-31', nested: { list: [1] } };
  test.each<[string, Step, string]>([
    ['a status', { GET: '/', expect: { status: 201 } }, 'status 201, got status 200'],
    ['one of', { GET: '/', expect: { status: [201, 204] } }, 'status 201 or 204, got status 200'],
    [
      'success where nothing is said',
      { GET: '/gone' },
      'a status from 200 to 299, got status 404, saying "No."',
    ],
    ['a problem', { GET: '/', expect: { problem: 404 } }, 'status 404, got status 200'],
    ['a member', { GET: '/', expect: { json: { id: 6 } } }, '"id": 6 in the body, got "id": 5'],
    [
      'a member within',
      { GET: '/', expect: { json: { '/nested/list/0': 2 } } },
      '/nested/list/0: 2 in the body, got /nested/list/0: 1',
    ],
    [
      'a whole body',
      { GET: '/', expect: { json: [] } },
      'the body to be [], got {"id":5,"at":"2026-02-31","nested":{"list":[1]}}',
    ],
    [
      'a type',
      { GET: '/', expect: { types: { id: 'uuid' } } },
      '"id": a UUID in the body, got "id": 5',
    ],
    [
      'a type of nothing',
      { GET: '/', expect: { types: { '/nested/x': 'integer' } } },
      '/nested/x: an integer in the body, got no such member',
    ],
    [
      'a date that there is',
      { GET: '/', expect: { types: { at: 'date' } } },
      '"at": a date such as "2026-01-31" in the body, got "at": "2026-02-31"',
    ],
    [
      'a schema',
      { GET: '/', expect: { schema: { a: 1 } } },
      '/a as the check\'s schema has it: that schema, got {"id":5,"at":"2026-02-31","nested":{"list":[1]}}',
    ],
    [
      'a header',
      { GET: '/', expect: { headers: { ETag: '"2"' } } },
      'ETag: "\\"2\\"", got ETag: "\\"1\\""',
    ],
    [
      'that there is one',
      { GET: '/', expect: { headers: { Age: true } } },
      'the header Age, got no such header',
    ],
    [
      'that there is none',
      { GET: '/', expect: { headers: { ETag: false } } },
      'no header ETag, got ETag: "\\"1\\""',
    ],
    [
      'a pattern of a header',
      { GET: '/', expect: { headers: { ETag: { matches: '^W/' } } } },
      'ETag: matching /^W\\//, got ETag: "\\"1\\""',
    ],
    ['no body', { GET: '/', expect: { body: '' } }, 'an empty body, got 48 bytes'],
    ['what is captured', { GET: '/', capture: { x: '/x' } }, '/x in the body, got no such member'],
  ])('%s', async (_, step, sentence) => {
    const { origin } = await serve(({ url }, response) =>
      url === '/gone'
        ? json(response, 404, { status: 404, detail: 'No.' })
        : json(response, 200, note, { etag: '"1"' }),
    );
    expect(await sentenceOf(() => play(origin, [step]))).toContain(sentence);
  });
});

describe('json', () => {
  const answers = (...bodies: string[]) =>
    serve((_, response) => void response.end(bodies.length > 1 ? bodies.shift() : bodies[0]));
  const sentence = async (bodies: string[], ...steps: Step[]) =>
    sentenceOf(async () => play((await answers(...bodies)).origin, steps));
  const again: Step[] = [
    { GET: '/', capture: { first: 'body' } },
    { GET: '/', expect: { json: '$first' } },
  ];
  const paths = '{"/tasks":{"get":[1]},"~":0}';

  test.each([
    ['what was captured', [paths, paths], again],
    ['what was captured, in another order', ['{"a":1,"b":2}', '{"b":2,"a":1}'], again],
    [
      'a part that was captured',
      ['[{"/a":1}]', '{"/a":1}'],
      [{ GET: '/', capture: { first: '/0' } }, again[1]!],
    ],
    [
      'pointers into a list, names of members that begin with a slash',
      [`[${paths}]`],
      [{ GET: '/', expect: { json: { '/0/~1tasks/get/0': 1 } } }],
    ],
    [
      'a mapping among the values',
      ['{"id":7,"n":{"m":1}}'],
      [{ GET: '/', expect: { json: '$some' } }],
    ],
  ])('holds of %s', async (_, bodies, steps) => {
    const values = { some: { id: 7, '/n/m': 1 } };
    await play((await answers(...bodies)).origin, steps, { file: { values } });
  });

  test.each([
    ['{"a":1}', 'no member "a" in the body, got "a": 1'],
    ['[]', 'the body to be {}, got []'],
    ['<html>', 'a JSON body, got status 200 with the body "<html>"'],
  ])('of an object that was captured empty is not %s', async (second, failure) => {
    expect(await sentence(['{}', second], ...again)).toContain(failure);
  });

  test.each([
    ['{"a":{"b":1}}', '{"a":{"b":2}}', '"a": {"b":1} in the body, got "a": {"b":2}'],
    ['{"a":1}', '{}', '"a": 1 in the body, got no such member'],
    ['{"constructor":1}', '{}', '"constructor": 1 in the body, got no such member'],
    ['{}', '{"__proto__":1}', 'no member "__proto__" in the body, got "__proto__": 1'],
    ['{"/a":1}', '{"/a":2}', '"/a": 1 in the body, got "/a": 2'],
  ])('of %s, captured, is not %s', async (first, second, failure) => {
    expect(await sentence([first, second], ...again)).toContain(failure);
  });

  test.each([
    [{ length: 2 }, '[1,2]', 'an object in the body, got [1,2]'],
    [{}, '[1,2]', 'an object in the body, got [1,2]'],
    [{}, '<html>not JSON</html>', 'a JSON body, got status 200'],
  ])('%j takes an object, not %s', async (members, body, failure) => {
    expect(await sentence([body], { GET: '/', expect: { json: members } })).toContain(failure);
  });
});

test('a failure names the step, its note and its user', async () => {
  const { origin } = await serve();
  const failure = await failureOf(() =>
    play(origin, [{ GET: '/a', note: 'again', as: 'ada', expect: { status: 201 } }], {
      file: { users: { ada: { headers: {} } } },
    }),
  );
  expect(failure.action).toBe('GET /a (again, as ada)');
  expect(failure.evidence).toMatchObject([{ kind: 'exchange' }]);
});

test('a user is made known once, with data of their own', async () => {
  const { seen, origin } = await serve((request, response) =>
    json(response, 200, { token: `t${JSON.parse(request.body || '{}').name}` }),
  );
  const values = { name: { random: 'word' } };
  const users = {
    ada: {
      steps: [{ POST: '/login', json: { name: '$name' }, capture: { token: '/token' } }] as [Step],
      headers: { Authorization: 'Bearer $token' },
    },
  };
  await play(
    origin,
    [
      { GET: '/$name', as: 'ada' },
      { GET: '/', as: 'ada', headers: { authorization: 'none' } },
      { GET: '/' },
    ],
    { file: { values, users } },
  );
  const [login, first, second, third] = seen;
  const { name } = JSON.parse(login!.body);
  expect(seen).toHaveLength(4);
  expect(first!.headers.authorization).toBe(`Bearer t${name}`);
  expect(first!.url).not.toBe(`/${name}`);
  expect(second!.headers.authorization).toBe('none');
  expect(third!.headers.authorization).toBeUndefined();
});

test('another instance is asked', async () => {
  const [one, two] = [await serve(), await serve()];
  const http = client(one.origin).http;
  const context = { http: { ...http, to: () => client(two.origin).http } };
  await play(one.origin, [{ GET: '/', instance: 'web.2' }], { context });
  expect([one.seen.length, two.seen.length]).toEqual([0, 1]);
});

describe('eventually', () => {
  test('tries until all of the step holds, then goes on', async () => {
    const { seen, origin } = await serve((_, response) =>
      json(response, 200, seen.length < 3 ? {} : { done: true }),
    );
    await play(origin, [
      { GET: '/', eventually: 5, expect: { json: { done: true } }, capture: { done: '/done' } },
      { GET: '/$done' },
    ]);
    expect(seen.map(({ url }) => url)).toEqual(['/', '/', '/', '/true']);
  });

  test('ends with what was seen last', async () => {
    const { origin } = await serve();
    const steps: Step[] = [{ GET: '/', eventually: 0.2, expect: { status: 202 } }];
    expect(await sentenceOf(() => play(origin, steps))).toBe(
      'GET / → expected within 0.2 s, trying again and again: status 202, got status 200',
    );
  });
});

describe('a query', () => {
  const rows = [{ id: 'a', n: '12', at: new Date(0) }];
  const asked: { text: string; values: unknown[] }[] = [];
  const context = {
    sql: async (parts: TemplateStringsArray, ...values: unknown[]) => {
      asked.push({ text: parts.join('?'), values });
      return rows as never;
    },
  };
  const query = (step: Step) => play('http://127.0.0.1:1', [step], { context, file: { values } });
  const values = { id: 'a' };

  test('takes names as parameters and gives the rows that are named', async () => {
    const expected = [{ id: '$id', n: 12, at: '1970-01-01T00:00:00.000Z' }];
    await query({ sql: 'SELECT * FROM t WHERE id = $id AND n > $$0', rows: expected });
    expect(asked).toEqual([{ text: 'SELECT * FROM t WHERE id = ? AND n > $0', values: ['a'] }]);
    await query({ sql: 'SELECT 1', rows: [{ id: 'a' }], capture: { n: '/0/n' } });
  });

  test.each<[Step, string]>([
    [
      { sql: 'SELECT *\n  FROM t', rows: [{ id: 'b' }], note: 'after the POST' },
      'SELECT * FROM t (after the POST) → expected the rows [{"id":"b"}], got [{"id":"a","n":"12"',
    ],
    [{ sql: 'SELECT 1', rows: [] }, 'SELECT 1 → expected no rows, got [{"id":"a"'],
    [{ sql: 'SELECT 1', capture: { x: '/1/id' } }, 'expected /1/id in its rows, got [{"id":"a"'],
  ])('fails with what there is: %j', async (step, sentence) => {
    expect(await sentenceOf(() => query(step))).toContain(sentence);
  });
});
