import { describeExchange } from '../../core/exchange.ts';
import { CheckFailure } from '../../core/failure.ts';
import type { Response } from '../http/response.ts';
import { found } from '../pattern.ts';
import { same } from '../same.ts';
import { shown } from '../shown.ts';

export interface ValueExpectation<T> {
  /** Same value, compared in depth, types included; -0 is 0. */
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
    members.some((candidate) => same(candidate, member));
  return {
    toBe: (expected) => {
      if (!same(actual, expected)) throw failure(`to be ${shown(expected)}`);
    },
    notToBe: (unexpected) => {
      if (same(actual, unexpected)) throw failure(`not to be ${shown(unexpected)}`);
    },
    toBeOneOf: (expected) => {
      if (!has(expected, actual)) throw failure(`to be one of ${shown(expected)}`);
    },
    toMatch: (pattern) => {
      if (found(pattern, text()) === undefined) throw failure(`to match ${pattern}`);
    },
    notToMatch: (pattern) => {
      const match = found(pattern, text());
      if (match !== undefined) throw failure(`not to match ${pattern}`, `${shown(match)} in it`);
    },
    toBeAtLeast: (minimum) => {
      if (number() < bound(minimum)) throw failure(`to be at least ${minimum}`);
    },
    toBeAtMost: (maximum) => {
      if (number() > bound(maximum)) throw failure(`to be at most ${maximum}`);
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

/** Nothing is less than NaN, nor more: it would hold of whatever the app did. */
function bound(limit: number): number {
  if (Number.isNaN(limit)) throw new TypeError('a bound of the check is NaN');
  return limit;
}
