/** JSON that may stand in a script element, which ends at the first `</script`. */
export function embedded(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
