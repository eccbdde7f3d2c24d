import path from 'node:path';
import { expect, test } from 'vitest';
import { checkContract, loadContract } from '../../../src/catalog/contract.ts';
import { directoryWith, errorOf } from './support.ts';

type Schema = object | boolean;

/** The file of a contract in which one response has the header `X`. */
async function fileOf(schema: Schema, header = 'X'): Promise<string> {
  const contract = {
    openapi: '3.1.0',
    paths: {
      '/': { get: { responses: { '200': { headers: { [header]: { schema } } } } } },
    },
    components: { schemas: { Count: { type: 'integer' }, Loop: LOOP } },
  };
  const directory = await directoryWith({ 'openapi.yaml': JSON.stringify(contract) });
  return path.join(directory, 'openapi.yaml');
}

const LOOP = { type: 'integer', anyOf: [{ minimum: 3 }, { $ref: '#/components/schemas/Loop' }] };

async function judge(schema: Schema, ...lines: string[]): Promise<string[]> {
  const file = await fileOf(schema);
  await checkContract(file);
  const headers = lines.map((line) => ['x', line] as const);
  const body = Buffer.alloc(0);
  const answer = { method: 'GET', path: '/', status: 200, headers, body };
  const violations = (await loadContract(file)).violations(answer);
  return violations.map(({ at, expected, actual }) => `${at}: ${expected}, not ${actual}`);
}

const count = { $ref: '#/components/schemas/Count' };
const methods = { type: 'array', items: { enum: ['GET', 'POST'] }, uniqueItems: true };

test.each<[Schema, string[]]>([
  [{ type: ['integer', 'null'] }, ['5']],
  [{ type: ['integer', 'null'] }, ['null']],
  [{ anyOf: [{ type: 'integer', minimum: 3 }, { const: '*' }] }, ['5']],
  [{ anyOf: [{ type: 'integer', minimum: 3 }, { const: '*' }] }, ['*']],
  [{ oneOf: [{ type: 'boolean' }, count] }, ['5']],
  [{ allOf: [count, { maximum: 5 }] }, ['5']],
  [{ anyOf: [true, { type: 'integer' }] }, ['x']],
  [{ type: ['integer', 'string'], pattern: '^0' }, ['0x5']],
  [{ anyOf: [{ type: 'integer', maximum: 5 }, { type: 'string' }] }, ['9']],
  [{ enum: [1, 2] }, ['2']],
  [{ const: true }, ['true']],
  [{ type: 'number' }, ['1e3']],
  [{ type: 'integer' }, ['1E+3']],
  [{ type: 'number', multipleOf: 0.5 }, ['-2.5']],
  [methods, ['GET, POST']],
  [methods, ['GET', 'POST']],
  [methods, ['GET,,POST ,']],
  [{ ...methods, maxItems: 0 }, ['']],
  [{ type: 'array', items: { type: ['integer', 'string'] } }, ['1, x']],
  [{ type: 'array', prefixItems: [count, { type: 'string' }], items: false }, ['1,2']],
  [{ type: 'array', items: { type: 'string', pattern: '^"' }, minItems: 2 }, ['"a,\\"b", "c"']],
  [{ anyOf: [{ type: 'array', items: count }, { const: '*' }] }, ['*']],
  [{ type: 'string', pattern: '^GET, ' }, ['GET, POST']],
])('by %j a field may be %j', async (schema, lines) => {
  expect(await judge(schema, ...lines)).toEqual([]);
});

test.each<[Schema, string, string]>([
  [{ type: ['integer', 'null'] }, 'many', 'an integer or null, not "many"'],
  [{ type: ['integer', 'null'], minimum: 0 }, '-1', 'at least 0, not -1'],
  [{ type: 'number' }, '0x1f', 'a number, not "0x1f"'],
  [{ type: 'number' }, '', 'a number, not ""'],
  [methods, 'GET, PUT', '"GET" or "POST", not "PUT"'],
  [methods, 'GET, GET', 'items that all differ, not items 1 and 0 are equal'],
  [{ type: 'array', items: count }, '1, x', 'an integer, not "x"'],
])('by %j a field may not be %j', async (schema, line, violation) => {
  expect(await judge(schema, line)).toEqual([`header x: ${violation}`]);
});

test.each<[Schema, string, string]>([
  [{ type: 'object' }, '', 'an object'],
  [{ anyOf: [count, { type: ['object', 'null'] }] }, '/anyOf/1', 'an object'],
  [{ type: 'array', items: methods }, '/items', 'a list within a list'],
  [{ type: 'array', prefixItems: [{ type: 'object' }] }, '/prefixItems/0', 'an object'],
])('by %j no field can be read, and the contract is refused', async (schema, within, what) => {
  const file = await fileOf(schema);
  for (const read of [loadContract, checkContract]) {
    const [message, hint] = (await errorOf(read(file))).split('\n');
    expect(message).toMatch(/^bug: The contract is faulty: .*openapi\.yaml:1:\d+: at \/paths\//);
    expect(message).toContain(
      `/headers/X/schema${within}: a header is text, and ${what} cannot be read from it; ` +
        'expected a string, number, integer or boolean, or an array of these.',
    );
    expect(hint).toBe('hint: Describe it as a string, with a `pattern` if need be.');
  }
});

test('a schema that refers to itself is read', async () => {
  const file = await fileOf({ $ref: '#/components/schemas/Loop' });
  expect(await loadContract(file)).toBeDefined();
});

test('a schema of Content-Type is passed over, as OpenAPI has it', async () => {
  expect(await loadContract(await fileOf({ type: 'object' }, 'Content-Type'))).toBeDefined();
});
