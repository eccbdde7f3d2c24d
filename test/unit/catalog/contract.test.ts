import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkContract, loadContract } from '../../../src/catalog/contract.ts';
import type { HeaderList } from '../../../src/core/exchange.ts';
import { directoryWith, errorOf } from './support.ts';

const CONTRACT = `
openapi: 3.1.0
info: { title: Things, version: 1.0.0 }
paths:
  /things:
    get:
      responses:
        '200':
          headers:
            X-Total: { required: true, schema: { type: integer, minimum: 0 } }
            x-page: { schema: { $ref: '#/components/schemas/Page' } }
          content:
            application/json:
              schema:
                type: object
                required: [items]
                properties:
                  items: { type: array, items: { $ref: '#/components/schemas/Thing' } }
        4XX: { $ref: '#/components/responses/Problem' }
      x-note: nothing to judge by
  /things/{id}: { $ref: '#/components/pathItems/Thing' }
  /things/batch:
    post:
      responses:
        default:
          content:
            '*/*': {}
components:
  pathItems:
    Thing:
      get:
        responses:
          '200':
            content:
              application/json: { schema: { $ref: '#/components/schemas/Thing' } }
          '304': { description: Not changed. }
  responses:
    Problem:
      content:
        application/problem+json:
          schema: { type: object, required: [status], properties: { status: { type: integer } } }
  schemas:
    Page: { type: integer }
    Thing:
      type: object
      additionalProperties: false
      required: [id, priority]
      properties:
        id: { type: string, format: uuid }
        priority: { type: integer, minimum: 1, maximum: 5 }
        status: { enum: [todo, done] }
        due: { type: [string, 'null'], format: date }
        tags: { type: array, uniqueItems: true, maxItems: 2, items: { type: string, minLength: 2 } }
        size: { oneOf: [{ type: string }, { $ref: '#/components/schemas/Page' }] }
        parent: { $ref: '#/components/schemas/Thing' }
`;

const thing = { id: '6b5b2c2e-9f0f-4d7e-8f5e-0a3c1d2e4f50', priority: 3 };
const json: HeaderList = [['content-type', 'application/json; charset=utf-8']];

async function contract(text = CONTRACT) {
  const directory = await directoryWith({ 'openapi.yaml': text });
  return loadContract(path.join(directory, 'openapi.yaml'));
}

async function judge(request: {
  method?: string;
  path?: string;
  status?: number;
  headers?: HeaderList;
  body?: unknown;
}): Promise<string[]> {
  const { method = 'GET', status = 200, headers = json, body = thing } = request;
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  const violations = (await contract()).violations({
    method,
    path: request.path ?? `/things/${thing.id}`,
    status,
    headers,
    body: Buffer.from(bytes as string),
  });
  return violations.map(({ at, expected, actual }) => `${at}: ${expected}, not ${actual}`);
}

describe('a body', () => {
  test('that conforms has no violations', async () => {
    const body = {
      ...thing,
      status: 'todo',
      due: null,
      tags: ['ab', 'cd'],
      size: 3,
      parent: thing,
    };
    expect(await judge({ body })).toEqual([]);
  });

  test.each([
    [{ priority: 'high' }, '/priority: an integer, not "high"'],
    [{ priority: 9 }, '/priority: at most 5, not 9'],
    [{ priority: undefined }, '/priority: this member, not no such member'],
    [{ id: '17' }, '/id: a UUID, not "17"'],
    [{ 'a/b~': 1 }, '/a~1b~0: no such member, not 1'],
    [{ status: 'late' }, '/status: "todo" or "done", not "late"'],
    [{ due: 20260131 }, '/due: a string or null, not 20260131'],
    [{ due: '2026-02-30' }, '/due: a date such as "2026-01-31", not "2026-02-30"'],
    [{ tags: ['ab', 'ab'] }, '/tags: items that all differ, not items 0 and 1 are equal'],
    [{ tags: ['ab', 'cd', 'ef'] }, '/tags: an array of at most 2 items, not 3 items'],
    [{ tags: ['x'] }, '/tags/0: a string of at least 2 characters, not 1 characters: "x"'],
    [{ tags: {} }, '/tags: an array, not {}'],
    [{ size: true }, '/size: a string or an integer, not true'],
    [{ parent: { ...thing, priority: 0 } }, '/parent/priority: at least 1, not 0'],
  ])('with %j is told what is wrong', async (change, violation) => {
    expect(await judge({ body: { ...thing, ...change } })).toEqual([violation]);
  });

  test('in a list is named by its index', async () => {
    const body = { items: [thing, thing, thing, { ...thing, priority: 'high' }] };
    const headers: HeaderList = [...json, ['x-total', '4']];
    expect(await judge({ path: '/things', headers, body })).toEqual([
      '/items/3/priority: an integer, not "high"',
    ]);
  });

  test('that is wrong all over is told five times', async () => {
    const body = { items: Array(100).fill({}) };
    const headers: HeaderList = [...json, ['x-total', '100']];
    expect(await judge({ path: '/things', headers, body })).toHaveLength(5);
  });

  test.each([
    ['not json', 'body: JSON, not "not json"'],
    ['', 'body: application/json, not an empty body'],
    ['{"id": 1,}', `body: JSON, not ${JSON.stringify('{"id": 1,}')}`],
    [
      Buffer.from([0x22, 0xff, 0x22]),
      'body: JSON in UTF-8, not bytes that are not UTF-8: "\\"�\\""',
    ],
    ['\u001b[2J', 'body: JSON, not ""'],
  ])('%j is no JSON', async (body, violation) => {
    expect(await judge({ body })).toEqual([violation]);
  });

  test('100,000 levels deep is refused', async () => {
    const body = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await judge({ body })).toEqual([
      'body: JSON at most 500 levels deep, not deeper nesting',
    ]);
  });

  test('may have brackets in its strings', async () => {
    const body = { ...thing, status: '['.repeat(1000) };
    expect(await judge({ body })).toHaveLength(1);
  });

  test('that nests as deep as is allowed is judged', async () => {
    const body = `${'{"parent":'.repeat(400)}1${'}'.repeat(400)}`;
    expect((await judge({ body }))[0]).toMatch(/^(\/parent)*\/id: this member/);
  });

  test('with __proto__ pollutes nothing', async () => {
    const body = '{"__proto__": {"id": "x", "polluted": 1}, "constructor": 1}';
    expect(await judge({ body })).toEqual([
      '/id: this member, not no such member',
      '/priority: this member, not no such member',
      '/__proto__: no such member, not {"id":"x","polluted":1}',
      '/constructor: no such member, not 1',
    ]);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  test('with a number beyond all bounds is told so', async () => {
    expect(await judge({ body: `{"id": "${thing.id}", "priority": 1e400}` })).toEqual([
      '/priority: an integer, not a number beyond all bounds',
    ]);
  });

  test('of a million wrong items is judged in time', async () => {
    const body = `{"items":[${Array(1_000_000).fill('{}').join()}]}`;
    const headers: HeaderList = [...json, ['x-total', '1']];
    expect(await judge({ path: '/things', headers, body })).toHaveLength(1);
  });
});

describe('a response', () => {
  test('with a status that is not documented is told which are', async () => {
    expect(await judge({ status: 500 })).toEqual(['status: 200 or 304, not 500']);
  });

  test('is judged by a range of statuses', async () => {
    const headers: HeaderList = [['content-type', 'application/problem+json']];
    const body = { status: '404' };
    expect(await judge({ path: '/things', status: 404, headers, body })).toEqual([
      '/status: an integer, not "404"',
    ]);
  });

  test('of another media type is told the right one', async () => {
    const headers: HeaderList = [['content-type', 'text/html; charset=utf-8']];
    expect(await judge({ headers, body: '<p>' })).toEqual([
      'header content-type: application/json, not text/html; charset=utf-8',
    ]);
  });

  test('without a media type is told so', async () => {
    expect(await judge({ headers: [] })).toEqual([
      'header content-type: application/json, not no such header',
    ]);
  });

  test('without documented content has no body', async () => {
    expect(await judge({ status: 304, body: '' })).toEqual([]);
    expect(await judge({ status: 304, body: 'hi' })).toEqual(['body: no body, not 2 bytes: "hi"']);
  });

  test.each([
    [[], ['header x-total: this header, not no such header']],
    [[['x-total', 'many']], ['header x-total: an integer, not "many"']],
    [[['x-total', '-1']], ['header x-total: at least 0, not -1']],
    [[['x-total', '0']], []],
    [
      [
        ['x-total', '0'],
        ['x-page', 'first'],
      ],
      ['header x-page: an integer, not "first"'],
    ],
  ])('with the headers %j', async (headers, violations) => {
    const fields = [...json, ...(headers as unknown as HeaderList)];
    expect(await judge({ path: '/things', headers: fields, body: { items: [] } })).toEqual(
      violations,
    );
  });

  test.each([
    ['to HEAD', { method: 'HEAD', body: '' }],
    ['to a method that is not documented', { method: 'DELETE', status: 500 }],
    ['to a path that is not documented', { path: '/other', status: 500 }],
    ['to a path that is documented with another method', { path: '/things/batch', status: 500 }],
    [
      'of any media type',
      { method: 'POST', path: '/things/batch', headers: [['content-type', 'a/b']] },
    ],
  ] as const)('%s is not judged', async (_, request) => {
    expect(await judge(request)).toEqual([]);
  });
});

test('aliases serve a contract, but not itself', async () => {
  const aliased = CONTRACT.replace('Page: {', 'Size: &size { type: integer }\n    Page: *size # {');
  expect(await contract(aliased)).toBeDefined();
  const circular = CONTRACT.replace('Page: {', 'Size: &size { not: *size }\n    Page: {');
  expect(await errorOf(contract(circular))).toMatch(
    /:43:\d+: the alias \*size stands for itself\./,
  );
  const bomb = Array.from(
    { length: 9 },
    (_, n) => `  b${n + 1}: &b${n + 1} [${`*b${n},`.repeat(9)}]`,
  );
  const bombed = `${CONTRACT}x-bomb:\n  b0: &b0 [x]\n${bomb.join('\n')}\n`;
  expect(await errorOf(contract(bombed))).toMatch(/its aliases stand for far too much/);
});

describe('a contract is faulty', () => {
  test.each([
    [
      "'#/components/responses/Problem'",
      "'#/components/responses/Oops'",
      '19:9: at /paths/~1things/get/responses/4XX: the reference "#/components/responses/Oops" leads nowhere.',
    ],
    [
      "'#/components/responses/Problem'",
      'other.yaml',
      '19:9: at /paths/~1things/get/responses/4XX: the reference "other.yaml" does not begin with "#/".',
    ],
    [
      'openapi: 3.1.0',
      'openapi: 3.0.3',
      '2:1: at /openapi: expected a version 3.1 of OpenAPI, such as 3.1.0.',
    ],
    [
      "        '304'",
      '        OK',
      '36:11: at /components/pathItems/Thing/get/responses/OK: a status is 200, 4XX or default.',
    ],
    [
      '/things/batch:',
      '/things/{name}:',
      '22:3: at /paths/~1things~1{name}: it fits the same paths as /things/{id}.',
    ],
    ['info: {', 'info: [', '3:39: a bracket that was opened is not closed.'],
  ])('with %j made %j', async (right, wrong, fault) => {
    const directory = await directoryWith({ 'openapi.yaml': CONTRACT.replace(right, wrong) });
    const file = path.join(directory, 'openapi.yaml');
    const error = (await errorOf(loadContract(file))).replace(/\S*openapi\.yaml/, 'openapi.yaml');
    expect(error.split('\n')[0]).toBe(`bug: The contract is faulty: openapi.yaml:${fault}`);
  });

  test.each([
    ['format: uuid', 'format: uiud'],
    ['minLength: 2', 'minLenght: 2'],
    ['minimum: 1', "minimum: '1'"],
  ])('with %j made %j, when it is checked', async (right, wrong) => {
    const directory = await directoryWith({ 'openapi.yaml': CONTRACT.replace(right, wrong) });
    const error = await errorOf(checkContract(path.join(directory, 'openapi.yaml')));
    expect(error).toMatch(/^bug: The contract is faulty: .*openapi\.yaml:\d+:\d+: at \/.*: .*\.$/);
  });
});
