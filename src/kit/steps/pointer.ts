import { partsOf } from '../../core/json-pointer.ts';

/** What a JSON Pointer (RFC 6901) leads to; undefined where it leads nowhere, which JSON never is. */
export function resolvePointer(value: unknown, pointer: string): unknown {
  return partsOf(pointer).reduce<unknown>((here, part) => {
    if (Array.isArray(here)) return /^(0|[1-9]\d*)$/.test(part) ? here[Number(part)] : undefined;
    if (typeof here !== 'object' || here === null) return undefined;
    return Object.hasOwn(here, part) ? (here as Record<string, unknown>)[part] : undefined;
  }, value);
}
