import pg from 'pg'

/** What an answer may take without Postgres is three seconds. */
const TIMEOUT_MS = 2_700

const pool = new pg.Pool({
  connectionString: process.env.DATABASE_URL,
  max: 10,
  connectionTimeoutMillis: TIMEOUT_MS,
  query_timeout: TIMEOUT_MS,
  statement_timeout: TIMEOUT_MS,
})
pool.on('error', (error) => console.error(`postgres: ${error.message}`))

/** @returns {Promise<any[]>} */
export async function query(sql, values) {
  return (await pool.query(sql, values)).rows
}

export const closeDatabase = () => pool.end()

/** What the server did not say itself, and what it says when it is full, stopping or starting. */
export function isOutage(error) {
  if (error instanceof pg.DatabaseError) return /^(08|53|57)/.test(error.code ?? '')
  return typeof error.code === 'string' || /timeout|terminated|Connection/i.test(error.message)
}

export const isTaken = (error) => error instanceof pg.DatabaseError && error.code === '23505'
