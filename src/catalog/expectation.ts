import { membersOf, type SchemaError } from './schema-errors.ts';

/** How a format calls its parts: JSON has objects, YAML has mappings. */
export type Nouns = Readonly<Record<'array' | 'object' | 'null', string>>;

export const JSON_NOUNS: Nouns = { array: 'an array', object: 'an object', null: 'null' };
export const YAML_NOUNS: Nouns = { array: 'a list', object: 'a mapping', null: 'nothing' };

/** What would have been right: "an integer", "at least 1", "one of "a", "b"". */
export function expectationOf(error: SchemaError, nouns: Nouns): string {
  const { keyword, schema } = error;
  switch (keyword) {
    case 'type':
      return typesOf(schema, nouns);
    case 'enum':
      return either((schema as unknown[]).map((value) => JSON.stringify(value)));
    case 'const':
      return JSON.stringify(schema);
    case 'minimum':
      return `at least ${schema}`;
    case 'maximum':
      return `at most ${schema}`;
    case 'exclusiveMinimum':
      return `more than ${schema}`;
    case 'exclusiveMaximum':
      return `less than ${schema}`;
    case 'multipleOf':
      return `a multiple of ${schema}`;
    case 'minLength':
      return `a string of at least ${counted(schema, 'character')}`;
    case 'maxLength':
      return `a string of at most ${counted(schema, 'character')}`;
    case 'minItems':
      return `${nouns.array} of at least ${counted(schema, 'item')}`;
    case 'maxItems':
      return `${nouns.array} of at most ${counted(schema, 'item')}`;
    case 'minProperties':
      return `${nouns.object} of at least ${counted(schema, 'member')}`;
    case 'maxProperties':
      return `${nouns.object} of at most ${counted(schema, 'member')}`;
    case 'uniqueItems':
      return 'items that all differ';
    case 'pattern':
      return `a string that matches /${schema}/`;
    case 'format':
      return FORMATS[String(schema)] ?? `a string in the format ${schema}`;
    case 'required':
    case 'dependentRequired':
      return 'this member';
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return 'no such member';
    case 'propertyNames':
      return 'no member of this name';
    case 'false schema':
      return 'nothing here';
    case 'anyOf':
    case 'oneOf':
      return choiceOf(error, nouns);
    default:
      return `something that ${error.message ?? 'conforms to its schema'}`;
  }
}

const FORMATS: Readonly<Record<string, string>> = {
  uuid: 'a UUID',
  date: 'a date such as "2026-01-31"',
  time: 'a time such as "12:30:00Z"',
  'date-time': 'a date and time (RFC 3339) such as "2026-01-31T12:30:00Z"',
  email: 'an email address',
  uri: 'an absolute URI',
  'uri-reference': 'a URI or a relative reference',
};

function choiceOf(error: SchemaError, nouns: Nouns): string {
  const members = membersOf(error);
  if (members !== undefined) return `one of the members ${either(members)}`;
  if (error.params['passingSchemas']) return 'something that fits only one of the forms allowed';
  const branches = error.branches ?? [];
  // A branch whose type is right is the one that was meant.
  const meant = branches.filter((branch) => branch.keyword !== 'type');
  const wanted = (meant.length > 0 ? meant : branches).map((e) => expectationOf(e, nouns));
  return wanted.length > 0 ? either([...new Set(wanted)]) : 'one of the forms allowed';
}

function typesOf(schema: unknown, nouns: Nouns): string {
  return either([schema].flat().map((type) => TYPES[String(type)] ?? nouns[type as keyof Nouns]));
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
};

/** `a, b or c`. */
export function either(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function counted(count: unknown, noun: string): string {
  return count === 1 ? `1 ${noun}` : `${count} ${noun}s`;
}
