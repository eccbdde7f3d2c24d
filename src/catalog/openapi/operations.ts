import { join } from '../../core/json-pointer.ts';
import { isMapping, type Node, type OpenApiDocument } from './document.ts';
import { checkReadable, isJudged } from './header-values.ts';
import { Router } from './router.ts';

/** The documented responses of an operation, by status: `200`, `4XX`, `default`. */
export type Operation = ReadonlyMap<string, Node>;

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'patch', 'trace'];

/**
 * Every operation of the document, by path and method.
 *
 * @throws {LabsError} bug: the document is no OpenAPI 3.1, or a part of it is missing or misplaced
 */
export function operationsOf(document: OpenApiDocument): Router<ReadonlyMap<string, Operation>> {
  return routerOf(document, (_, operations) => operations);
}

/** The same with what is made of each path; every one is looked at once, in their order. */
export function routerOf<T>(
  document: OpenApiDocument,
  make: (template: string, operations: ReadonlyMap<string, Operation>) => T,
): Router<T> {
  const version = document.root['openapi'];
  if (typeof version !== 'string' || !version.startsWith('3.1.')) {
    throw document.fault('/openapi', 'expected a version 3.1 of OpenAPI, such as 3.1.0');
  }
  const router = new Router(
    document.members('/paths', { extensible: true }).map(([template, item]) => {
      if (!template.startsWith('/')) {
        throw document.fault(join('/paths', template), 'a path begins with a slash');
      }
      return [template, make(template, methodsOf(document, item))] as const;
    }),
  );
  const ambiguity = router.ambiguity();
  if (ambiguity !== undefined) {
    const [one, other] = ambiguity;
    throw document.fault(join('/paths', other), `it fits the same paths as ${one}`);
  }
  return router;
}

function methodsOf(document: OpenApiDocument, item: Node): ReadonlyMap<string, Operation> {
  return new Map(
    METHODS.filter((method) => item.value[method] !== undefined).map((method) => [
      method,
      responsesOf(document, join(item.pointer, method)),
    ]),
  );
}

function responsesOf(document: OpenApiDocument, pointer: string): Operation {
  const responses = document.members(join(document.at(pointer).pointer, 'responses'), {
    extensible: true,
  });
  if (responses.length === 0) throw document.fault(pointer, 'it documents no responses');
  for (const [status, response] of responses) {
    if (!/^([1-5]\d\d|[1-5]XX|default)$/.test(status)) {
      throw document.fault(join(pointer, 'responses', status), 'a status is 200, 4XX or default');
    }
    checkParts(document, response);
  }
  return new Map(responses);
}

/** Follows every reference to headers and media types, so that what is broken is seen at once. */
function checkParts(document: OpenApiDocument, response: Node): void {
  for (const part of ['headers', 'content']) {
    for (const [name, node] of document.members(join(response.pointer, part), {
      extensible: false,
    })) {
      const schema = node.value['schema'];
      const pointer = join(node.pointer, 'schema');
      if (isMapping(schema)) {
        document.at(pointer);
        if (part === 'headers' && isJudged(name)) checkReadable(document, pointer);
      } else if (schema !== undefined && typeof schema !== 'boolean') {
        throw document.fault(pointer, 'expected a schema');
      }
    }
  }
}

/** Under which of its keys an operation documents a status; undefined where it does not. */
export function documentedAs(operation: Operation, status: number): string | undefined {
  const keys = [String(status), `${Math.floor(status / 100)}XX`, 'default'];
  return keys.find((key) => operation.has(key));
}

/** Pointers of all the schemas that responses are judged by. */
export function schemaPointers(document: OpenApiDocument, operation: Operation): string[] {
  return [...operation.values()].flatMap((response) =>
    ['headers', 'content'].flatMap((part) =>
      document
        .members(join(response.pointer, part), { extensible: false })
        .filter(([, node]) => node.value['schema'] !== undefined)
        .map(([, node]) => join(node.pointer, 'schema')),
    ),
  );
}
