import type { Contract, ContractResponse } from '../core/contract.ts';
import type { Violation } from '../core/exchange.ts';
import { join } from '../core/json-pointer.ts';
import { either } from './expectation.ts';
import { type Node, OpenApiDocument } from './openapi/document.ts';
import { headerViolations, mediaTypeOf } from './openapi/headers.ts';
import { readJson, shown } from './openapi/json-body.ts';
import {
  documentedAs,
  type Operation,
  operationsOf,
  schemaPointers,
} from './openapi/operations.ts';
import { Schemas } from './openapi/schemas.ts';

/** A response that is wrong all over is not told line by line. */
const MAX_VIOLATIONS = 5;

/**
 * Reads an OpenAPI 3.1 document. Its structure is checked here; each of its schemas is compiled
 * when a response first needs it.
 *
 * @throws {LabsError} bug: the document is missing or faulty, with its place and JSON Pointer
 */
export async function loadContract(file: string): Promise<Contract> {
  const document = await OpenApiDocument.read(file);
  const router = operationsOf(document);
  const schemas = new Schemas(document);
  return {
    violations(response) {
      if (response.method === 'HEAD') return [];
      const operation = router.match(response.path)?.get(response.method.toLowerCase());
      if (operation === undefined) return [];
      return violationsOf(document, schemas, operation, response).slice(0, MAX_VIOLATIONS);
    },
  };
}

/**
 * Compiles every schema that a response can be judged by.
 *
 * @throws {LabsError} bug: one of them is faulty
 */
export async function checkContract(file: string): Promise<void> {
  const document = await OpenApiDocument.read(file);
  const schemas = new Schemas(document);
  for (const methods of operationsOf(document).targets()) {
    for (const operation of methods.values()) {
      for (const pointer of schemaPointers(document, operation)) schemas.check(pointer);
    }
  }
}

function violationsOf(
  document: OpenApiDocument,
  schemas: Schemas,
  operation: Operation,
  response: ContractResponse,
): Violation[] {
  const documented = operation.get(documentedAs(operation, response.status) ?? '');
  if (documented === undefined) {
    const expected = either([...operation.keys()]);
    return [{ at: 'status', expected, actual: String(response.status) }];
  }
  return [
    ...headerViolations(document, schemas, documented, response.headers),
    ...contentViolations(document, schemas, documented, response),
  ];
}

function contentViolations(
  document: OpenApiDocument,
  schemas: Schemas,
  documented: Node,
  { headers, body }: ContractResponse,
): Violation[] {
  const content = new Map(
    document.members(join(documented.pointer, 'content'), { extensible: false }),
  );
  if (content.size === 0) {
    return body.length === 0
      ? []
      : [{ at: 'body', expected: 'no body', actual: `${body.length} bytes: ${shown(body)}` }];
  }
  const mediaType = mediaTypeOf([...content.keys()], headers);
  if (body.length === 0) {
    return [{ at: 'body', expected: either([...content.keys()]), actual: 'an empty body' }];
  }
  if ('violation' in mediaType) return [mediaType.violation];
  const media = content.get(mediaType.match);
  if (media === undefined || !/[/+]json\b/i.test(mediaType.match)) return [];
  const json = readJson(body);
  if ('violation' in json) return [json.violation];
  if (media.value['schema'] === undefined) return [];
  return schemas.violations(join(media.pointer, 'schema'), json.value, body.length);
}
