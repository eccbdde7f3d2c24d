import { Response } from '../http/response.ts';
import { expectResponse, type ResponseExpectation } from './response.ts';
import { expectValue, type ValueExpectation } from './value.ts';

/**
 * States what must hold. Each matcher throws `CheckFailure` if it does not, with what was done, what
 * was expected and what came.
 *
 * - `expect(response)` speaks of an answer: `expect(created).toHaveStatus(201)`
 * - `expect(value, what, after?)` speaks of a value and needs its name; `after` is the response that it
 *   came from, so that the failure can show it: `expect(ids.length, 'tasks on the page', page).toBe(5)`
 */
export function expect(response: Response): ResponseExpectation;
export function expect<T>(value: T, what: string, after?: Response): ValueExpectation<T>;
export function expect(actual: unknown, what?: string, after?: Response) {
  if (actual instanceof Response && what === undefined) return expectResponse(actual);
  return expectValue(actual, what ?? 'value', after);
}
