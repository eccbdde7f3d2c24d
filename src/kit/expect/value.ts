import { isDeepStrictEqual } from 'node:util';
import { describeExchange } from '../../core/exchange.ts';
import { CheckFailure } from '../../core/failure.ts';
import type { Response } from '../http/response.ts';
import { shown } from '../shown.ts';

export interface ValueExpectation<T> {
  /** Same value, compared in depth, types included. */
  toBe(expected: T): void;
  notToBe(unexpected: T): void;
  toBeOneOf(expected: readonly T[]): void;
  toMatch(pattern: RegExp): void;
  notToMatch(pattern: RegExp): void;
  toBeAtLeast(minimum: number): void;
  toBeAtMost(maximum: number): void;
  /** An array without doubles. */
  toBeUnique(): void;
  /** An array that holds each of these, in any order. */
  toInclude(...members: readonly unknown[]): void;
  notToInclude(...members: readonly unknown[]): void;
}

/** `action` is left empty where no response is named: the run then puts the check's last request. */
export function expectValue<T>(actual: T, what: string, after?: Response): ValueExpectation<T> {
  const failure = (expected: string, got = actual === undefined ? 'nothing' : shown(actual)) =>
    new CheckFailure({
      action: after === undefined ? '' : describeExchange(after.exchange),
      expected: `${what} ${expected}`,
      actual: got,
      evidence: after === undefined ? [] : [{ kind: 'exchange', exchange: after.exchange }],
    });
  const number = (): number => {
    if (typeof actual === 'number' && !Number.isNaN(actual)) return actual;
    throw failure('to be a number');
  };
  const text = (): string => {
    if (typeof actual === 'string') return actual;
    throw failure('to be a string');
  };
  const list = (): readonly unknown[] => {
    if (Array.isArray(actual)) return actual;
    throw failure('to be a list');
  };
  const has = (members: readonly unknown[], member: unknown) =>
    members.some((candidate) => isDeepStrictEqual(candidate, member));
  return {
    toBe: (expected) => {
      if (!isDeepStrictEqual(actual, expected)) throw failure(`to be ${shown(expected)}`);
    },
    notToBe: (unexpected) => {
      if (isDeepStrictEqual(actual, unexpected)) throw failure(`not to be ${shown(unexpected)}`);
    },
    toBeOneOf: (expected) => {
      if (!has(expected, actual)) throw failure(`to be one of ${shown(expected)}`);
    },
    toMatch: (pattern) => {
      if (!pattern.test(text())) throw failure(`to match ${pattern}`);
    },
    notToMatch: (pattern) => {
      const match = pattern.exec(text());
      if (match !== null) throw failure(`not to match ${pattern}`, `${shown(match[0])} in it`);
    },
    toBeAtLeast: (minimum) => {
      if (number() < minimum) throw failure(`to be at least ${minimum}`);
    },
    toBeAtMost: (maximum) => {
      if (number() > maximum) throw failure(`to be at most ${maximum}`);
    },
    toBeUnique: () => {
      const members = list();
      const doubles = members.filter((member, i) => has(members.slice(0, i), member));
      if (doubles.length > 0)
        throw failure('to hold nothing twice', `${shown(doubles)} more than once`);
    },
    toInclude: (...members) => {
      const missing = members.filter((member) => !has(list(), member));
      if (missing.length > 0)
        throw failure(
          `to include ${shown(members)}`,
          `${shown(missing)} missing from ${shown(actual)}`,
        );
    },
    notToInclude: (...members) => {
      const present = members.filter((member) => has(list(), member));
      if (present.length > 0)
        throw failure(`not to include ${shown(members)}`, `${shown(present)} in it`);
    },
  };
}
