import type { HeaderList, Violation } from '../../core/exchange.ts';
import { join } from '../../core/json-pointer.ts';
import { either } from '../expectation.ts';
import { isMapping, type Node, type OpenApiDocument } from './document.ts';
import { isJudged, readingsOf } from './header-values.ts';
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
    .filter(({ name }) => isJudged(name))
    .flatMap(({ name, header }): Violation[] => {
      const at = `header ${name}`;
      const value = fieldValue(headers, name);
      if (value === undefined) {
        if (header.value['required'] !== true) return [];
        return [{ at, expected: 'this header', actual: 'no such header' }];
      }
      if (!isMapping(header.value['schema'])) return [];
      const pointer = join(header.pointer, 'schema');
      return valueViolations(document, schemas, pointer, value).map((violation) => ({
        ...violation,
        at,
      }));
    });
}

/** None if one of the things that the text may stand for is right, else those of the likeliest. */
function valueViolations(
  document: OpenApiDocument,
  schemas: Schemas,
  pointer: string,
  text: string,
): Violation[] {
  const judge = (at: string, value: unknown) => schemas.violations(at, value, text.length);
  const readings = readingsOf(
    document,
    pointer,
    text,
    (at, value) => judge(at, value).length === 0,
  );
  let ofLikeliest: Violation[] | undefined;
  for (const reading of readings) {
    const violations = judge(pointer, reading);
    if (violations.length === 0) return [];
    ofLikeliest ??= violations;
  }
  return ofLikeliest ?? [];
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
