import pg from 'pg'

/** It connects at the first `pool.query(...)`. */
export const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL })

// A broken idle connection would end the process otherwise.
pool.on('error', (error) => console.error(`postgres: ${error.message}`))

// TODO 6: Postgres will go away, and come back. Meanwhile what is not cached is answered 503 within 3 seconds.
