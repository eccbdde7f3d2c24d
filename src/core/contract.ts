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
