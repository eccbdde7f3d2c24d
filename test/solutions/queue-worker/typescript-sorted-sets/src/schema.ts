import { setTimeout as sleep } from 'node:timers/promises'
import { complain } from './complain.js'
import type { Database } from './database.js'

/** Adds what this app needs besides the tables of the lab. Whoever comes first does it, web or a worker. */
export async function extendSchema(database: Database): Promise<void> {
  await database.transaction(async (session) => {
    // CREATE … IF NOT EXISTS fails where two do it at the same time.
    await session.query('SELECT pg_advisory_xact_lock(20260101)')
    const [found] = await session.query<{ done: boolean }>(`SELECT to_regclass('idempotency_keys') IS NOT NULL AS done`)
    if (found?.done) return
    await session.query(
      'CREATE TABLE idempotency_keys (key text PRIMARY KEY, request_hash text NOT NULL, job_id uuid REFERENCES jobs (id))',
    )
    // What the job had used up when it was last taken back from the dead.
    await session.query('ALTER TABLE jobs ADD COLUMN earlier_attempts integer NOT NULL DEFAULT 0')
  })
}

/** As `extendSchema`, and tries until Postgres is there or `signal` says to stop. */
export async function extendSchemaWhenPossible(database: Database, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await extendSchema(database)
    } catch (error) {
      complain('schema', error)
      await sleep(500)
    }
  }
}
