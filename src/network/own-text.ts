/** The same text, without what it was cut from: a slice of a string keeps the whole of it alive. */
export function ownText(text: string, encoding: 'latin1' | 'utf8'): string {
  return Buffer.from(text, encoding).toString(encoding);
}
