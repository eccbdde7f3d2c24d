import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { createBodySchemas } from '../../../src/catalog/checks/body-schemas.ts';
import { OpenApiDocument } from '../../../src/catalog/openapi/document.ts';
import { Schemas } from '../../../src/catalog/openapi/schemas.ts';
import type { Violation } from '../../../src/core/exchange.ts';
import { directoryWith, errorOf } from './support.ts';

type Schema = Record<string, unknown>;

const sentences = (violations: Violation[]) =>
  violations.map(({ at, expected, actual }) => `${at}: ${expected}, not ${actual}`);

/** A contract of this schema alone. */
async function schemasOf(schema: Schema): Promise<Schemas> {
  const directory = await directoryWith({ 'a.yaml': JSON.stringify({ schema }) });
  return new Schemas(await OpenApiDocument.read(path.join(directory, 'a.yaml')));
}

const VALIDATORS: [string, (schema: Schema, value: unknown) => Promise<string[]>][] = [
  [
    'a contract',
    async (schema, value) => sentences((await schemasOf(schema)).violations('/schema', value, 1)),
  ],
  [
    'the schema of a check',
    async (schema, value) => sentences(createBodySchemas().violations(schema, value)),
  ],
];

describe.each(VALIDATORS)('by %s', (_, judge) => {
  test.each([
    [0.01, [0.07, 0.29, 0.57, 1.15, 4.35, 8.2, 19.99, -19.99, 0, 3, 114_534_619.32]],
    [0.1, [0.3, 1e21]],
    [1e-7, [3e-7, 0.1, 1]],
    [1, [1e21, 1e308]],
    [2.5, [5, 7.5]],
  ])('a multiple of %j is one as it is written', async (multipleOf, values) => {
    for (const value of values) expect(await judge({ multipleOf }, value)).toEqual([]);
  });

  test.each([
    [0.01, 19.995],
    [0.01, 19.990000001],
    [1, 5.0000001],
    [3, 1e21],
    [0.1, 5e-324],
  ])('of %j, %j is none', async (multipleOf, value) => {
    expect(await judge({ multipleOf }, value)).toEqual([
      `body: a multiple of ${multipleOf}, not ${value}`,
    ]);
  });

  test.each([
    ['date-time', '2026-01-31T12:30:00Z'],
    ['date-time', '2026-01-31t12:30:00.123456z'],
    ['date-time', '2026-01-31T12:30:00-05:30'],
    ['date-time', '2016-12-31T23:59:60Z'],
    ['date-time', '2017-01-01T00:59:60+01:00'],
    ['time', '12:30:00.5+00:00'],
  ])('as %s RFC 3339 has %j', async (format, value) => {
    expect(await judge({ format }, value)).toEqual([]);
  });

  test.each([
    ['date-time', '2026-01-31 12:30:00Z'],
    ['date-time', '2026-01-31T12:30:00+00'],
    ['date-time', '2026-01-31T12:30:00+0000'],
    ['date-time', '2026-01-31T12:30:00'],
    ['date-time', '2026-02-29T12:30:00Z'],
    ['date-time', '2026-01-31T24:00:00Z'],
    ['date-time', '2026-01-31T12:30:60Z'],
    ['date-time', '2026-01-31T12:30:00+24:00'],
    ['date-time', '2026-01-31T12:30:00Z\n'],
    ['time', '12:30:00+00'],
  ])('as %s it has not %j', async (format, value) => {
    expect(await judge({ format }, value)).toMatchObject([
      expect.stringContaining(format === 'time' ? 'a time' : 'a date and time (RFC 3339)'),
    ]);
  });
});

test('a multiple of nothing makes no sense', async () => {
  const schema = { multipleOf: 0 };
  expect(createBodySchemas().fault(schema)).toContain('multipleOf');
  const schemas = await schemasOf(schema);
  const fault = Promise.resolve().then(() => schemas.violations('/schema', 1, 1));
  expect(await errorOf(fault)).toMatch(/at \/schema: .*multipleOf/);
});
