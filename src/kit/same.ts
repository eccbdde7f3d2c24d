import { isDeepStrictEqual } from 'node:util';

/**
 * Whether two values are the same, in depth, types included. JSON has one zero, whatever its sign: -0 is 0,
 * unlike in `isDeepStrictEqual`, whose word it is on all else.
 */
export function same(a: unknown, b: unknown): boolean {
  return equal(a, b, new Set());
}

/** @param around what `a` is in */
function equal(a: unknown, b: unknown, around: Set<unknown>): boolean {
  if (a === b) return true;
  if (!isData(a) || !isData(b) || Array.isArray(a) !== Array.isArray(b) || around.has(a))
    return isDeepStrictEqual(a, b);
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length || (Array.isArray(a) && a['length'] !== b['length']))
    return false;
  around.add(a);
  const areSame = names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name], around));
  around.delete(a);
  return areSame;
}

/** A list, or an object as `JSON.parse` makes it. */
function isData(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  if (Object.getOwnPropertySymbols(value).length > 0) return false;
  return [Object.prototype, Array.prototype].includes(Object.getPrototypeOf(value));
}
