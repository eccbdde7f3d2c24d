import pg from 'pg'
import { databaseUrl } from './settings.js'

let pool
let deadline

/** `milliseconds`: how long one piece of work may take, the wait for a connection included. */
export function openDatabase({ milliseconds, connections }) {
  deadline = milliseconds
  pool = new pg.Pool({
    connectionString: databaseUrl,
    max: connections,
    connectionTimeoutMillis: milliseconds,
    query_timeout: milliseconds,
    // For when the server no longer hears us: it ends what we have given up.
    statement_timeout: milliseconds,
    idle_in_transaction_session_timeout: milliseconds,
  })
  // Both emit when a connection breaks, idle or in use; without a listener that ends the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
}

/** @returns {Promise<object[]>} */
export const query = async (sql, ...values) => (await inTime(pool.query(sql, values))).rows

/**
 * @template T
 * @param {(query: (sql: string, ...values: unknown[]) => Promise<object[]>) => Promise<T>} work
 * @returns {Promise<T>}
 */
export const transaction = (work) => inTime(runTransaction(work))

async function runTransaction(work) {
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

/** The pool bounds each wait by itself; this bounds their sum. */
async function inTime(promise) {
  let timer
  const expired = new Promise((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('timeout of the whole')), deadline)
  })
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}

/** What the server did not say itself, and what it says when it is full, stopping or starting. */
export function isOutage(error) {
  if (error instanceof pg.DatabaseError) return /^(08|53|57|25P03)/.test(error.code)
  return /timeout|terminated|closed|not queryable|ECONN|EPIPE|ENOTFOUND|socket/i.test(`${error.code} ${error.message}`)
}
