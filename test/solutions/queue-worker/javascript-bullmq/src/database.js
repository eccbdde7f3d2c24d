import pg from 'pg'
import { databaseUrl } from './settings.js'

/** What a request waits for at most is a connection, a statement, and Redis: less than three seconds in all. */
const CONNECT_MS = 1_000
const STATEMENT_MS = 1_200

const pool = new pg.Pool({
  connectionString: databaseUrl,
  max: 12,
  connectionTimeoutMillis: CONNECT_MS,
  query_timeout: STATEMENT_MS,
  // For when the server no longer hears us: it ends what we have given up.
  statement_timeout: STATEMENT_MS,
  idle_in_transaction_session_timeout: 2 * STATEMENT_MS,
})
// Both emit when a connection breaks, idle or in use; without a listener that ends the process.
pool.on('error', () => {})
pool.on('connect', (client) => client.on('error', () => {}))

/** @returns {Promise<object[]>} */
export const query = async (sql, ...values) => (await pool.query(sql, values)).rows

/**
 * @template T
 * @param {(query: (sql: string, ...values: unknown[]) => Promise<object[]>) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function transaction(work) {
  const client = await pool.connect()
  try {
    await client.query('BEGIN')
    const result = await work(async (sql, ...values) => (await client.query(sql, values)).rows)
    await client.query('COMMIT')
    client.release()
    return result
  } catch (error) {
    // Closing the connection rolls back, also where nobody would hear ROLLBACK.
    client.release(true)
    throw error
  }
}

/** What the server did not say itself, and what it says when it is full, stopping or starting. */
export function isOutage(error) {
  if (error instanceof pg.DatabaseError) return /^(08|53|57|25P03)/.test(error.code)
  return /timeout|terminated|closed|not queryable|ECONN|EPIPE|ENOTFOUND|socket/i.test(`${error.code} ${error.message}`)
}
