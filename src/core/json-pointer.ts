/** The names on the way of a JSON Pointer (RFC 6901), `~1` and `~0` read. */
export function partsOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The pointer to what is called so below another. */
export function join(pointer: string, ...names: readonly string[]): string {
  return [pointer, ...names.map((name) => name.replaceAll('~', '~0').replaceAll('/', '~1'))].join(
    '/',
  );
}
