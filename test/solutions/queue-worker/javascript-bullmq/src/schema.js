import { setTimeout as sleep } from 'node:timers/promises'
import { transaction } from './database.js'

/** Adds what this app needs besides the tables of the lab, once Postgres is there. Whoever comes first does it. */
export async function extendSchema() {
  for (;;) {
    try {
      return await transaction(extend)
    } catch (error) {
      console.error(`schema: ${error.message}`)
      await sleep(500)
    }
  }
}

async function extend(query) {
  await query('SELECT pg_advisory_xact_lock(20260102)')
  const found = await query(
    `SELECT 1 FROM information_schema.columns WHERE table_name = 'jobs' AND column_name = 'idempotency_key'`,
  )
  if (found.length > 0) return
  await query(`ALTER TABLE jobs
    ADD COLUMN idempotency_key text UNIQUE,
    ADD COLUMN request_hash text,
    ADD COLUMN earlier_attempts integer NOT NULL DEFAULT 0`)
}
