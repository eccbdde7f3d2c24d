import { createHash } from 'node:crypto'
import type { Session } from '../database.js'
import { badRequest, unprocessable } from '../problems.js'

export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[!-~]{1,255}$/.test(header)) return header
  throw badRequest('An Idempotency-Key is 1 to 255 visible ASCII characters.')
}

/**
 * Runs `work` once for all requests with this key, and gives the others its result.
 * The key is stored in the transaction of the work, so that it is used up exactly when the work is done.
 */
export async function once<T>(
  session: Session,
  key: string,
  payload: unknown,
  work: () => Promise<T>,
): Promise<{ result: T; replayed: boolean }> {
  const hash = createHash('sha256').update(JSON.stringify(payload)).digest('hex')
  // While another transaction holds the same key, this waits for it to end.
  const claimed = await session.query(
    'INSERT INTO idempotency_keys (key, request_hash) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING key',
    [key, hash],
  )
  if (claimed.length === 0) {
    const [first] = await session.query<{ request_hash: string; response: T }>(
      'SELECT request_hash, response FROM idempotency_keys WHERE key = $1',
      [key],
    )
    if (first?.request_hash !== hash) throw unprocessable('This Idempotency-Key was used with another payload.')
    return { result: first.response, replayed: true }
  }
  const result = await work()
  await session.query('UPDATE idempotency_keys SET response = $2 WHERE key = $1', [key, JSON.stringify(result)])
  return { result, replayed: false }
}
