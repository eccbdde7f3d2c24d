import type { HeaderList, Violation } from '../../core/exchange.ts';
import { join } from '../../core/json-pointer.ts';
import { either } from '../expectation.ts';
import { isMapping, type Node, type OpenApiDocument } from './document.ts';
import type { Schemas } from './schemas.ts';

/** Judges the header fields that a documented response names. */
export function headerViolations(
  document: OpenApiDocument,
  schemas: Schemas,
  response: Node,
  headers: HeaderList,
): Violation[] {
  return document
    .members(join(response.pointer, 'headers'), { extensible: false })
    .map(([name, header]) => ({ name: name.toLowerCase(), header }))
    .filter(({ name }) => name !== 'content-type')
    .flatMap(({ name, header }): Violation[] => {
      const at = `header ${name}`;
      const value = fieldValue(headers, name);
      if (value === undefined) {
        if (header.value['required'] !== true) return [];
        return [{ at, expected: 'this header', actual: 'no such header' }];
      }
      if (!isMapping(header.value['schema'])) return [];
      const pointer = join(header.pointer, 'schema');
      const typed = asType(value, document.at(pointer).value['type']);
      return schemas
        .violations(pointer, typed, value.length)
        .map((violation) => ({ ...violation, at }));
    });
}

/** Judges the media type; and says which of the documented ones the response has. */
export function mediaTypeOf(
  documented: readonly string[],
  headers: HeaderList,
): { match: string } | { violation: Violation } {
  const at = 'header content-type';
  const expected = either(documented);
  const value = fieldValue(headers, 'content-type');
  if (value === undefined) {
    return { violation: { at, expected, actual: 'no such header' } };
  }
  const given = (value.split(';', 1)[0] as string).trim().toLowerCase();
  const match = documented.find((range) => covers(range.toLowerCase(), given));
  return match === undefined
    ? { violation: { at, expected, actual: value.slice(0, 80) } }
    : { match };
}

/** Fields of one name are one list (RFC 9110 § 5.3). */
function fieldValue(headers: HeaderList, name: string): string | undefined {
  const values = headers.filter(([given]) => given === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

function covers(range: string, given: string): boolean {
  const bare = (range.split(';', 1)[0] as string).trim();
  if (bare === '*/*') return true;
  return bare.endsWith('/*') ? given.startsWith(bare.slice(0, -1)) : given === bare;
}

/** A field's value is text; a schema may want it as a number or a truth value. */
function asType(value: string, type: unknown): unknown {
  if ((type === 'integer' || type === 'number') && /^-?\d+(\.\d+)?$/.test(value)) {
    return Number(value);
  }
  if (type === 'boolean' && /^(true|false)$/.test(value)) return value === 'true';
  return value;
}
