import { expect as assert, describe, it } from 'vitest';
import type { HeaderList } from '../../../src/core/exchange.ts';
import { expect } from '../../../src/kit/expect/expect.ts';
import { Response } from '../../../src/kit/http/response.ts';
import { failureOf, sentenceOf } from './failure.ts';

function response(status: number, body: unknown = '', ...headers: [string, string][]) {
  const bytes = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const list: HeaderList =
    typeof body === 'string' ? headers : [['content-type', 'application/json'], ...headers];
  return new Response(status, list, bytes, {
    id: 1,
    method: 'GET',
    url: 'http://127.0.0.1:1/tasks?a=1',
    requestHeaders: [],
    startedAt: 0,
    durationMs: 1,
    violations: [],
  });
}
function circle() {
  const round: { self?: unknown } = {};
  round.self = round;
  return round;
}
const problem = (status: number, body: object) =>
  response(status, body, ['content-type', 'application/problem+json; charset=utf-8']);
const asProblem = (status: number, body: object) =>
  new Response(
    status,
    [['content-type', 'application/problem+json']],
    Buffer.from(JSON.stringify(body)),
    response(status).exchange,
  );

describe('matchers of a response that hold', () => {
  it.each<[string, () => void]>([
    ['toHaveStatus', () => expect(response(201)).toHaveStatus(201)],
    ['toHaveStatus, one of several', () => expect(response(201)).toHaveStatus(200, 201)],
    ['toHaveHeader', () => expect(response(200, '', ['etag', '"a"'])).toHaveHeader('ETag')],
    [
      'toHaveHeader, this',
      () => expect(response(200, '', ['etag', 'a'])).toHaveHeader('ETag', 'a'),
    ],
    [
      'toHaveHeader, like',
      () => expect(response(200, '', ['etag', 'a'])).toHaveHeader('ETag', /a/),
    ],
    ['notToHaveHeader', () => expect(response(200)).notToHaveHeader('ETag')],
    ['toBeProblem', () => expect(asProblem(404, { status: 404 })).toBeProblem(404, 410)],
    [
      'toHaveJson',
      () =>
        expect(response(200, { a: [1, { b: null }], c: 1 })).toHaveJson({ a: [1, { b: null }] }),
    ],
    [
      'toHaveJson, __proto__',
      () => expect(response(200, '{"__proto__":1}')).toHaveJson(JSON.parse('{"__proto__":1}')),
    ],
    ['toHaveEmptyBody', () => expect(response(204)).toHaveEmptyBody()],
  ])('%s', (_, holds) => holds());
});

describe('what a learner reads', () => {
  const ON = 'GET /tasks?a=1 → expected ';
  it.each<[() => void, string]>([
    [() => expect(response(500)).toHaveStatus(200), 'status 200, got status 500'],
    [() => expect(response(500)).toHaveStatus(200, 201), 'status 200 or 201, got status 500'],
    [
      () =>
        expect(asProblem(422, { title: 'Invalid', detail: 'title is too long' })).toHaveStatus(201),
      'status 201, got status 422, saying "title is too long"',
    ],
    [
      () => expect(response(400, { title: 'Bad' })).toHaveStatus(200),
      'status 200, got status 400, saying "Bad"',
    ],
    [() => expect(response(400, { detail: 7 })).toHaveStatus(200), 'status 200, got status 400'],
    [() => expect(problem(400, [])).toHaveStatus(200), 'status 200, got status 400'],
    [() => expect(response(200)).toHaveHeader('ETag'), 'the header ETag, got no such header'],
    [
      () => expect(response(200, '', ['etag', 'b'])).toHaveHeader('ETag', 'a'),
      'ETag: "a", got ETag: "b"',
    ],
    [
      () => expect(response(200, '', ['etag', 'b'])).toHaveHeader('ETag', /^"/),
      'ETag: matching /^"/, got ETag: "b"',
    ],
    [
      () => expect(response(200, '', ['etag', 'b'])).notToHaveHeader('ETag'),
      'no header ETag, got ETag: "b"',
    ],
    [
      () => expect(response(404, 'gone', ['content-type', 'text/html'])).toBeProblem(404),
      'an application/problem+json body (RFC 9457), got Content-Type: "text/html"',
    ],
    [
      () => expect(response(404)).toBeProblem(404),
      'an application/problem+json body (RFC 9457), got no Content-Type',
    ],
    [
      () => expect(asProblem(404, { status: 400 })).toBeProblem(404),
      '"status": 404 in the problem, as in the status line, got "status": 400',
    ],
    [
      () => expect(asProblem(404, {})).toBeProblem(404),
      '"status": 404 in the problem, as in the status line, got no such member',
    ],
    [() => expect(response(200, { a: 2 })).toHaveJson({ a: 1 }), '"a": 1 in the body, got "a": 2'],
    [
      () => expect(response(200, { a: '1' })).toHaveJson({ a: 1 }),
      '"a": 1 in the body, got "a": "1"',
    ],
    [
      () => expect(response(200, {})).toHaveJson({ a: 1 }),
      '"a": 1 in the body, got no such member',
    ],
    [
      () => expect(response(200, null as never)).toHaveJson({ a: 1 }),
      '"a": 1 in the body, got no such member',
    ],
    [
      () => expect(response(200, {})).toHaveJson({ toString: 1 }),
      '"toString": 1 in the body, got no such member',
    ],
    [
      () => expect(response(200, 'text')).toHaveJson({ a: 1 }),
      'a JSON body, got status 200 with the body "text"',
    ],
    [() => expect(response(204, 'x')).toHaveEmptyBody(), 'an empty body, got 1 byte: "x"'],
    [() => expect(response(204, 'xy')).toHaveEmptyBody(), 'an empty body, got 2 bytes: "xy"'],
  ])('%# of a response', async (fails, sentence) => {
    assert(await sentenceOf(fails)).toBe(ON + sentence);
    assert((await failureOf(fails)).evidence).toMatchObject([{ kind: 'exchange' }]);
  });

  it.each<[() => void, string]>([
    [() => expect(1, 'count').toBe(2), 'count to be 2, got 1'],
    [() => expect('1' as unknown, 'count').toBe(1), 'count to be 1, got "1"'],
    [() => expect(undefined as unknown, 'next').toBe(1), 'next to be 1, got nothing'],
    [() => expect({ a: Infinity } as unknown, 'x').toBe(null), 'x to be null, got { a: Infinity }'],
    [() => expect(1, 'count').notToBe(1), 'count not to be 1, got 1'],
    [() => expect(3, 'count').toBeOneOf([1, 2]), 'count to be one of [1,2], got 3'],
    [() => expect('b', 'id').toMatch(/a/), 'id to match /a/, got "b"'],
    [() => expect(1 as unknown, 'id').toMatch(/a/), 'id to be a string, got 1'],
    [() => expect('xay', 'body').notToMatch(/a/), 'body not to match /a/, got "a" in it'],
    [() => expect(1, 'count').toBeAtLeast(2), 'count to be at least 2, got 1'],
    [() => expect(3, 'count').toBeAtMost(2), 'count to be at most 2, got 3'],
    [() => expect(Number.NaN, 'count').toBeAtMost(2), 'count to be a number, got NaN'],
    [
      () => expect(['a', 'b', 'a'], 'ids').toBeUnique(),
      'ids to hold nothing twice, got ["a"] more than once',
    ],
    [() => expect({} as unknown, 'ids').toBeUnique(), 'ids to be a list, got {}'],
    [
      () => expect(['a'], 'ids').toInclude('a', 'b'),
      'ids to include ["a","b"], got ["b"] missing from ["a"]',
    ],
    [
      () => expect(['a'], 'ids').notToInclude('a', 'b'),
      'ids not to include ["a","b"], got ["a"] in it',
    ],
    [() => expect(undefined as unknown, 'items').toInclude('a'), 'items to be a list, got nothing'],
    [() => expect('\ufeff', 'title').toBe('' as string), String.raw`title to be "", got "\ufeff"`],
  ])('%# of a value', async (fails, sentence) => {
    assert(await sentenceOf(fails)).toBe(` → expected ${sentence}`);
  });

  it.each([
    () => expect(1e9, 'n').toBeAtMost(Number(undefined)),
    () => expect(1e9, 'n').toBeAtLeast(Number.NaN),
  ])('%# a bound that is NaN is the grader’s fault', (compares) => {
    assert(compares).toThrow(new TypeError('a bound of the check is NaN'));
  });

  it.each<[unknown, unknown, string]>([
    [new Date(0), '1970-01-01T00:00:00.000Z', 'Date(1970-01-01T00:00:00.000Z)'],
    [[{ at: new Date(0) }], 0, '[{"at":"Date(1970-01-01T00:00:00.000Z)"}]'],
    [new Date(Number.NaN), 0, 'Date(Invalid Date)'],
  ])('%# a Date is shown as one', async (value, expected, shown) => {
    assert((await failureOf(() => expect(value, 'at').toBe(expected))).actual).toBe(shown);
  });

  it.each([/a/g, /a/y, /a/gy])('%s finds the same each time', async (pattern) => {
    for (let time = 1; time <= 3; time += 1) {
      expect('a', 'x').toMatch(pattern);
      expect(response(200, '', ['etag', 'a'])).toHaveHeader('etag', pattern);
      await failureOf(() => expect('a', 'x').notToMatch(pattern));
    }
  });

  it.each<[unknown, unknown]>([
    [{ a: 1 }, { a: '1' }],
    [{ a: 1 }, { b: 1 }],
    [{ a: undefined }, {}],
    [{}, { a: undefined }],
    [[1], [1, 2]],
    [[undefined], Array(1)],
    [[], {}],
    [{}, Object.create(null)],
    [{ [Symbol.for('a')]: 1 }, {}],
    [new Date(0), new Date(1)],
    [Buffer.from('a'), Buffer.from('b')],
    [null, {}],
    [JSON.parse('{"__proto__":1}'), {}],
  ])('%# others are not the same, either way', async (a, b) => {
    await failureOf(() => expect(a, 'x').toBe(b));
    await failureOf(() => expect(b, 'x').toBe(a));
  });

  it('long values are cut', async () => {
    const { actual } = await failureOf(() => expect('a'.repeat(500), 'title').toBe('b' as string));
    assert(actual).toBe(`"${'a'.repeat(199)}… (502 characters)`);
  });

  it('a value from a response shows it', async () => {
    const failure = await failureOf(() => expect(1, 'count', response(200)).toBe(2));
    assert(failure.action).toBe('GET /tasks?a=1');
    assert(failure.evidence).toMatchObject([{ kind: 'exchange' }]);
  });
});

describe('matchers of a value that hold', () => {
  it.each<[string, () => void]>([
    ['toBe', () => expect({ a: [1] }, 'x').toBe({ a: [1] })],
    ['toBe, of zeros', () => expect({ n: [-0, { m: 0 }] }, 'x').toBe({ n: [0, { m: -0 }] })],
    ['toBe, of a length', () => expect({ length: [1] }, 'x').toBe({ length: [1] })],
    ['toBe, of none', () => expect([Number.NaN], 'x').toBe([Number.NaN])],
    ['toBe, of a circle', () => expect(circle(), 'x').toBe(circle())],
    [
      'toHaveJson',
      () =>
        expect(
          response(200, '{"total":{"n":-0.0}}', ['content-type', 'application/json']),
        ).toHaveJson({ total: { n: 0 } }),
    ],
    ['notToBe', () => expect([1], 'x').notToBe([2])],
    ['toBeOneOf', () => expect('a', 'x').toBeOneOf(['b', 'a'])],
    ['toMatch', () => expect('abc', 'x').toMatch(/b/)],
    ['notToMatch', () => expect('abc', 'x').notToMatch(/d/)],
    ['toBeAtLeast', () => expect(2, 'x').toBeAtLeast(2)],
    ['toBeAtMost', () => expect(2, 'x').toBeAtMost(2)],
    ['toBeUnique', () => expect([1, '1', null], 'x').toBeUnique()],
    ['toInclude', () => expect([{ a: 1 }, 2], 'x').toInclude({ a: 1 })],
    ['notToInclude', () => expect([{ a: 1 }], 'x').notToInclude({ a: 2 })],
    ['a response as a value', () => expect(response(200).status, 'x').toBe(200)],
  ])('%s', (_, holds) => holds());
});
