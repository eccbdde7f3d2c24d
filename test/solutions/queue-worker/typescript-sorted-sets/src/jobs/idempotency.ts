import { createHash } from 'node:crypto'
import type { Session } from '../database.js'
import { badRequest, unprocessable } from '../http/problems.js'

export function parseIdempotencyKey(header: string | string[] | undefined): string | undefined {
  if (header === undefined) return undefined
  if (typeof header === 'string' && /^[!-~]{1,255}$/.test(header)) return header
  throw badRequest('An Idempotency-Key is 1 to 255 visible ASCII characters.')
}

/**
 * The id of the job that `insert` makes, once for all requests with this key. The key is stored in the transaction of
 * the job, so that it is used up exactly when there is a job.
 */
export async function once(
  session: Session,
  key: string,
  body: unknown,
  insert: () => Promise<string>,
): Promise<{ id: string; replayed: boolean }> {
  const hash = createHash('sha256').update(JSON.stringify(body)).digest('hex')
  // While another transaction holds the same key, this waits for it to end.
  const claimed = await session.query(
    'INSERT INTO idempotency_keys (key, request_hash) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING RETURNING key',
    [key, hash],
  )
  if (claimed.length === 0) {
    const [first] = await session.query<{ request_hash: string; job_id: string }>(
      'SELECT request_hash, job_id FROM idempotency_keys WHERE key = $1',
      [key],
    )
    if (first?.request_hash !== hash) throw unprocessable('This Idempotency-Key was used with another payload.')
    return { id: first.job_id, replayed: true }
  }
  const id = await insert()
  await session.query('UPDATE idempotency_keys SET job_id = $2 WHERE key = $1', [key, id])
  return { id, replayed: false }
}
