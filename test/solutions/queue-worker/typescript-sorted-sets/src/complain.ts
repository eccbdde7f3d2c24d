/** One line on standard error, without a stack: outages are expected. */
export function complain(what: string, error: unknown): void {
  console.error(`${what}: ${error instanceof Error ? error.message || error.name : error}`)
}
