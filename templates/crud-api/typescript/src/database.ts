import pg from 'pg'

/** Nothing uses it yet. It connects at the first `pool.query(...)`. */
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })

// TODO 9: Postgres will go away, and come back. Meanwhile every operation on tasks answers 503 within 3 seconds.
// - What becomes of the process when a connection breaks that nobody is using? (pool.on('error', ...))
// - How long does a query wait for a connection? For an answer that never comes?
// - Which errors tell of an outage, and which of a mistake in your SQL?
