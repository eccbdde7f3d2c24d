import pg from 'pg'
import { settings } from './settings.js'

/** It connects at the first `pool.query(...)`. */
export const pool = new pg.Pool({ connectionString: settings.databaseUrl })

// A broken idle connection would end the process otherwise.
pool.on('error', (error) => console.error(`postgres: ${error.message}`))

// TODO 9: Postgres will go away, and come back. How long does a query wait meanwhile? (connectionTimeoutMillis,
// query_timeout) A request is answered 503 within 3 seconds; and what becomes of a worker in the middle of a job?
