import type { HeaderList, Violation } from './exchange.ts';

/** A response as the contract judges it. */
export interface ContractResponse {
  method: string;
  /** Path without the query. */
  path: string;
  status: number;
  headers: HeaderList;
  body: Buffer;
}

/** The lab's OpenAPI document, ready to judge responses. */
export interface Contract {
  /** No violations: it conforms, or the contract does not speak of this operation. */
  violations(response: ContractResponse): Violation[];
}

/** A response that the contract lists: `GET`, `/tasks/{id}`, `404` (or `4XX`, `default`). */
export interface DocumentedResponse {
  method: string;
  path: string;
  status: string;
}

/** All that the contract lists, and which of it a response is. */
export interface ContractOutline {
  readonly responses: readonly DocumentedResponse[];
  /** Undefined: the contract does not speak of it. */
  find(
    response: Pick<ContractResponse, 'method' | 'path' | 'status'>,
  ): DocumentedResponse | undefined;
}
