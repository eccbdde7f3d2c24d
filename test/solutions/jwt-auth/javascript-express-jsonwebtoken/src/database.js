import pg from 'pg'

/** How long a statement may take, the wait for a connection included. */
const PATIENCE_MS = 3_000

/**
 * Each operation is one statement: none is left half done by a connection that breaks, and no lock is held over a
 * round trip.
 */
export class Database {
  #pool

  constructor(connectionString) {
    this.#pool = new pg.Pool({
      connectionString,
      max: 10,
      connectionTimeoutMillis: PATIENCE_MS,
      idleTimeoutMillis: 60_000,
      // Nobody waits for it any more: it takes a connection that is silent out of the pool.
      query_timeout: PATIENCE_MS + 500,
      statement_timeout: PATIENCE_MS,
    })
    // Without a listener a connection that breaks while nobody uses it ends the process.
    this.#pool.on('error', () => {})
  }

  /**
   * @template Row
   * @param {string} text
   * @param {unknown[]} [values]
   * @returns {Promise<Row[]>}
   */
  async query(text, values) {
    let timer
    const expired = new Promise((_resolve, reject) => {
      const expire = () => reject(new NoConnection('no answer in time'))
      // After a look at the sockets: on a busy machine the answer may lie there already.
      timer = setTimeout(() => setImmediate(expire), PATIENCE_MS)
    })
    try {
      const { rows } = await Promise.race([this.#pool.query(text, values), expired])
      return rows
    } catch (error) {
      throw error instanceof pg.DatabaseError ? error : new NoConnection(error.message || error.code)
    } finally {
      clearTimeout(timer)
    }
  }

  /** The first row, where there is one. */
  async one(text, values) {
    const [row] = await this.query(text, values)
    return row
  }

  close() {
    return this.#pool.end()
  }
}

/** Whether the error tells of a database that is away, starting, stopping or full. */
export function isOutage(error) {
  if (error instanceof pg.DatabaseError) return /^(08|53|57|25P03)/.test(error.code)
  return error instanceof NoConnection
}

class NoConnection extends Error {}
