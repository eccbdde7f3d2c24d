import { expect, type Response } from 'backend-labs/kit';

/** `max-age` of an answer, in seconds. */
export function maxAgeOf(answer: Response): number {
  const value = answer.requiredHeader('Cache-Control');
  const found = /(?:^|[ ,])max-age=(\d+)(?:$|[ ,])/.exec(value);
  if (found === null) throw answer.failure('Cache-Control: max-age=…', `Cache-Control: ${value}`);
  return Number(found[1]);
}

export function ageOf(answer: Response): number {
  const value = answer.requiredHeader('Age');
  if (!/^\d+$/.test(value)) throw answer.failure('Age in whole seconds', `Age: ${value}`);
  return Number(value);
}

export const sentAt = ({ exchange }: Response): number => exchange.startedAt;
export const answeredAt = ({ exchange }: Response): number =>
  exchange.startedAt + exchange.durationMs;

/**
 * That `Age` is the time since Postgres was read for `first`: at some moment between its request and its answer, as
 * `later` was answered at some moment between its own. Rounded either way.
 */
export function expectAge(later: Response, first: Response): void {
  const least = Math.floor((sentAt(later) - answeredAt(first)) / 1_000);
  const most = Math.ceil((answeredAt(later) - sentAt(first)) / 1_000);
  const age = ageOf(later);
  expect(age, 'Age', later).toBeAtLeast(Math.max(0, least));
  expect(age, 'Age', later).toBeAtMost(most);
}

export const seconds = (env: Readonly<Record<string, string>>, name: string): number =>
  Number(env[name]);

export const TTL = 'CACHE_TTL_SECONDS';
export const NEGATIVE_TTL = 'CACHE_NEGATIVE_TTL_SECONDS';
