/** What a pattern finds in a text; the same each time, though one with /g or /y remembers where it was. */
export function found(pattern: RegExp, text: string): string | undefined {
  return new RegExp(pattern).exec(text)?.[0];
}
