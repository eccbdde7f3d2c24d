/** What stands in Redis under the key of an answer. */
export interface Entry<T> {
  /** The version of its subject when Postgres was read. With another one now, the entry is stale. */
  version: string
  /** How long it may live in all, in milliseconds. */
  life: number
  /** Null: there is no such thing. */
  value: T | null
}

export const encode = (entry: Entry<unknown>): string => JSON.stringify(entry)

/** Undefined for what `encode` has not made. */
export function decode<T>(text: string): Entry<T> | undefined {
  try {
    const entry = JSON.parse(text) as Partial<Entry<T>> | null
    const isOurs =
      typeof entry?.version === 'string' && typeof entry.life === 'number' && typeof entry.value === 'object'
    return isOurs ? (entry as Entry<T>) : undefined
  } catch {
    return undefined
  }
}
