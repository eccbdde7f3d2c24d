import { createHash } from 'node:crypto'
import { inTime, sql, violatedConstraint } from '../database.js'
import { badRequest, Problem } from '../http/problems.js'
import { insertion } from './statements.js'
import { refuseTaken } from './store.js'

export function parseKey(header) {
  if (header === undefined || /^[!-~]{1,255}$/.test(header)) return header
  throw badRequest('An Idempotency-Key is 1 to 255 visible ASCII characters.')
}

/**
 * Creates the task of this key, or says which one it was.
 *
 * @param {string} key
 * @param {import('./validation.js').TaskInput} input
 */
export function createOnce(key, input) {
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex')
  return inTime(async (run) => {
    const earlier = await recall(run, key, hash)
    if (earlier !== undefined) return earlier
    try {
      const [created] = await run(() => insertion([input], remembering(key, hash), isAlone(key)))
      if (created === undefined) throw new Problem(409, 'The first request with this Idempotency-Key is in flight.')
      return { created, replayed: false }
    } catch (error) {
      // The first request may have ended after we looked for it; its reference is then taken, too.
      if (violatedConstraint(error) === undefined) throw error
      return (await recall(run, key, hash)) ?? refuseTaken(error)
    }
  })
}

async function recall(run, key, hash) {
  const [first] = await run(() => sql`SELECT request_hash, response FROM idempotency_keys WHERE key = ${key}`)
  if (first === undefined) return undefined
  if (first.request_hash !== hash) throw new Problem(422, 'This Idempotency-Key was used with another payload.')
  return { created: first.response, replayed: true }
}

const remembering = (key, hash) => sql`, remembered AS (
  INSERT INTO idempotency_keys (key, request_hash, response)
  SELECT ${key}, ${hash}, json_build_object('task', task, 'etag', etag) FROM created
)`

/** The lock ends with the statement. Two keys of one hash only cost a needless 409. */
const isAlone = (key) => sql`(SELECT pg_try_advisory_xact_lock(hashtextextended(${key}, 0)))`
