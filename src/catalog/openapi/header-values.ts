import { join } from '../../core/json-pointer.ts';
import { isMapping, type Node, type OpenApiDocument } from './document.ts';

/** Whether a value is right by the schema at a pointer. */
type Fits = (pointer: string, value: unknown) => boolean;

/**
 * What the text of a header field may stand for by its schema, the likeliest first and itself last.
 * OpenAPI's style for headers is `simple`: commas divide a list.
 */
export function readingsOf(
  document: OpenApiDocument,
  pointer: string,
  text: string,
  fits: Fits,
): unknown[] {
  const item = (at: string | undefined, piece: string) => {
    if (at === undefined) return piece;
    const readings = readingsOf(document, at, piece, fits);
    return readings.find((reading) => fits(at, reading)) ?? readings[0];
  };
  const readings = alternativesAt(document, pointer).flatMap((node) =>
    typesOf(node).flatMap((type) =>
      type === 'array'
        ? [itemsOf(text).map((piece, index) => item(itemPointer(node, index), piece))]
        : readingsAs(type, text),
    ),
  );
  return [...readings, text];
}

/**
 * Holds the schema of a header to what text can stand for.
 *
 * @throws {LabsError} bug: it wants an object, or a list within a list
 */
export function checkReadable(document: OpenApiDocument, pointer: string, inList = false): void {
  for (const node of alternativesAt(document, pointer)) {
    const types = typesOf(node);
    if (types.includes('object')) throw unreadable(document, node, 'an object');
    if (!types.includes('array')) continue;
    if (inList) throw unreadable(document, node, 'a list within a list');
    // One more than those that come first: what all others are.
    for (const index of [...listOf(node.value['prefixItems']), 'others'].keys()) {
      const at = itemPointer(node, index);
      if (at !== undefined) checkReadable(document, at, true);
    }
  }
}

/** OpenAPI has a header of this name passed over: the media types are said elsewhere. */
export function isJudged(name: string): boolean {
  return name.toLowerCase() !== 'content-type';
}

function unreadable(document: OpenApiDocument, node: Node, what: string) {
  return document.fault(
    node.pointer,
    `a header is text, and ${what} cannot be read from it; ` +
      'expected a string, number, integer or boolean, or an array of these',
    { hint: 'Describe it as a string, with a `pattern` if need be.' },
  );
}

/** A schema and those that it is made of, each once: they may refer to each other in circles. */
function alternativesAt(
  document: OpenApiDocument,
  pointer: string,
  seen: Set<string> = new Set(),
): Node[] {
  const node = document.at(pointer);
  if (seen.has(node.pointer)) return [];
  seen.add(node.pointer);
  const branches = ['anyOf', 'oneOf', 'allOf'].flatMap((keyword) =>
    listOf(node.value[keyword]).flatMap((branch, index) =>
      isMapping(branch)
        ? alternativesAt(document, join(node.pointer, keyword, String(index)), seen)
        : [],
    ),
  );
  return [node, ...branches];
}

/** The types that a schema names, or those of what else it says. */
function typesOf({ value }: Node): string[] {
  if (value['type'] !== undefined) return [value['type']].flat().map(String);
  if (value['items'] !== undefined || value['prefixItems'] !== undefined) return ['array'];
  const values = Object.hasOwn(value, 'const') ? [value['const']] : listOf(value['enum']);
  return [...new Set(values.map(typeOf))];
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function readingsAs(type: string, text: string): unknown[] {
  switch (type) {
    case 'integer':
    case 'number':
      return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? [Number(text)] : [];
    case 'boolean':
      return ['true', 'false'].includes(text) ? [text === 'true'] : [];
    case 'null':
      return text === 'null' ? [null] : [];
    default:
      return [];
  }
}

/** A list may have empty places, and commas in quoted strings (RFC 9110, sections 5.6.1 and 5.6.4). */
function itemsOf(text: string): string[] {
  const pieces = text.match(/(?:"(?:\\.|[^"\\])*"|[^,])+/g) ?? [];
  return pieces.map((piece) => piece.trim()).filter((piece) => piece !== '');
}

/** Where the schema of an item is; undefined where there is none. */
function itemPointer({ value, pointer }: Node, index: number): string | undefined {
  const first = listOf(value['prefixItems']);
  if (index >= first.length) return isMapping(value['items']) ? join(pointer, 'items') : undefined;
  return isMapping(first[index]) ? join(pointer, 'prefixItems', String(index)) : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
