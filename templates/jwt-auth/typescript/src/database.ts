import pg from 'pg'
import { settings } from './settings.js'

/** It connects at the first `pool.query(...)`. */
export const pool = new pg.Pool({ connectionString: settings.databaseUrl })

// A broken idle connection would end the process otherwise.
pool.on('error', (error) => console.error(`postgres: ${error.message}`))

// TODO 10: Postgres will go away, and come back. Meanwhile every operation that needs it answers 503 within 3 seconds.
// - How long does a query wait for a connection? For an answer that never comes?
// - Which errors tell of an outage, and which of a mistake in your SQL?
