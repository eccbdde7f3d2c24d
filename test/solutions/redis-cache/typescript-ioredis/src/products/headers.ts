import type { Answer } from '../cache/read-through.js'

export function cacheHeaders({ source, life, age }: Answer<unknown>, customer: string | null): Record<string, string> {
  const headers = { 'x-cache': source, vary: 'X-Customer' }
  if (source === 'BYPASS') return { ...headers, 'cache-control': 'no-store' }
  const maxAge = `max-age=${seconds(life)}`
  return { ...headers, 'cache-control': customer === null ? maxAge : `private, ${maxAge}`, age: seconds(age) }
}

const seconds = (milliseconds: number) => String(Math.floor(milliseconds / 1_000))
