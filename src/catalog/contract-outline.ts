import type { ContractOutline, DocumentedResponse } from '../core/contract.ts';
import { OpenApiDocument } from './openapi/document.ts';
import { documentedAs, routerOf } from './openapi/operations.ts';

/**
 * What a contract documents: every operation with every status.
 *
 * @throws {LabsError} bug: the document is missing or faulty
 */
export async function readContractOutline(file: string): Promise<ContractOutline> {
  const responses: DocumentedResponse[] = [];
  const router = routerOf(await OpenApiDocument.read(file), (path, operations) => {
    for (const [method, operation] of operations)
      for (const status of operation.keys())
        responses.push({ method: method.toUpperCase(), path, status });
    return { path, operations };
  });
  return {
    responses,
    find: ({ method, path, status }) => {
      const found = router.match(path);
      const operation = found?.operations.get(method.toLowerCase());
      const key = operation && documentedAs(operation, status);
      return responses.find(
        (each) => each.path === found?.path && each.method === method && each.status === key,
      );
    },
  };
}
