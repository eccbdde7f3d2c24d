import type { Expect } from '../../core/checks-file.ts';

export type TypeName = NonNullable<Expect['types']>[string];

interface Type {
  /** For failures: `"id": a UUID in the body`. */
  called: string;
  fits(value: unknown): boolean;
}

const text = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'string' && pattern.test(value);

export const TYPES: Readonly<Record<TypeName, Type>> = {
  string: { called: 'a string', fits: (value) => typeof value === 'string' },
  integer: { called: 'an integer', fits: Number.isInteger },
  number: { called: 'a number', fits: (value) => typeof value === 'number' },
  boolean: { called: 'true or false', fits: (value) => typeof value === 'boolean' },
  array: { called: 'an array', fits: Array.isArray },
  object: {
    called: 'an object',
    fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  },
  null: { called: 'null', fits: (value) => value === null },
  uuid: {
    called: 'a UUID',
    fits: text(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i),
  },
  date: {
    called: 'a date such as "2026-01-31"',
    fits: (value) => text(/^\d{4}-\d\d-\d\d$/)(value) && isTime(`${value}T00:00:00Z`),
  },
  'date-time': {
    called: 'a date and time (RFC 3339) such as "2026-01-31T12:30:00Z"',
    fits: (value) =>
      text(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i)(value) &&
      isTime(String(value)),
  },
};

/** JavaScript takes 31 February for 3 March. */
function isTime(value: string): boolean {
  const day = new Date(`${value.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(Date.parse(value)) && day.toJSON()?.slice(0, 10) === value.slice(0, 10);
}
