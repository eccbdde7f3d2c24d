import pg from 'pg'

/** How long one piece of work may take, the wait for a connection included. */
const DEADLINE_MS = 3_000
const MAX_ATTEMPTS = 3

export class DatabaseUnavailable extends Error {}

export interface Connection {
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>
}

export class Database {
  readonly #pool: pg.Pool

  constructor(connectionString: string) {
    this.#pool = new pg.Pool({
      connectionString,
      max: 10,
      connectionTimeoutMillis: DEADLINE_MS,
      // To log in at Postgres is dear: kept for a minute, not for ten seconds.
      idleTimeoutMillis: 60_000,
      // For when the server no longer hears us: it ends what we have given up.
      statement_timeout: DEADLINE_MS,
      idle_in_transaction_session_timeout: DEADLINE_MS,
    })
    // Both emit when a connection breaks, idle or in use; without a listener that ends the process.
    this.#pool.on('error', () => {})
    this.#pool.on('connect', (client) => client.on('error', () => {}))
  }

  /** Runs `work` on one connection. Rejects with `DatabaseUnavailable` when that takes too long. */
  async run<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    const deadline = Date.now() + DEADLINE_MS
    const client = await this.#connect(deadline)
    try {
      const result = await before(deadline, work(connectionOn(client)))
      client.release()
      return result
    } catch (error) {
      // A connection that did not answer in time is closed: its answer might still come.
      client.release(error instanceof DatabaseUnavailable)
      throw error
    }
  }

  /** As `run`, in a transaction. `work` may run again, after a deadlock. */
  transaction<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.run(async (connection) => {
      for (let attempt = 1; ; attempt++) {
        await connection.query('BEGIN')
        try {
          const result = await work(connection)
          await connection.query('COMMIT')
          return result
        } catch (error) {
          await connection.query('ROLLBACK')
          if (!isTransient(error) || attempt === MAX_ATTEMPTS) throw error
        }
      }
    })
  }

  async close(): Promise<void> {
    await this.#pool.end()
  }

  async #connect(deadline: number): Promise<pg.PoolClient> {
    const connecting = this.#pool.connect()
    try {
      return await before(deadline, connecting)
    } catch (error) {
      connecting.then(
        (late) => late.release(),
        () => {},
      )
      throw unavailable('no connection', error)
    }
  }
}

function connectionOn(client: pg.PoolClient): Connection {
  return {
    async query<Row extends object>(sql: string, values: unknown[] = []) {
      try {
        return (await client.query<Row>(sql, values)).rows
      } catch (error) {
        throw isOutage(error) ? unavailable('connection lost', error) : error
      }
    },
  }
}

async function before<T>(deadline: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expired = new Promise<never>((_resolve, reject) => {
    const expire = () => reject(new DatabaseUnavailable('deadline exceeded'))
    // After a look at the sockets: on a busy machine the answer may lie there already.
    timer = setTimeout(() => setImmediate(expire), deadline - Date.now())
  })
  try {
    return await Promise.race([promise, expired])
  } finally {
    clearTimeout(timer)
  }
}

function unavailable(what: string, cause: unknown): DatabaseUnavailable {
  return new DatabaseUnavailable(cause instanceof Error ? `${what} (${cause.message})` : what, { cause })
}

/** What the server did not say itself, and what it says when it is full, stopping or starting. */
function isOutage(error: unknown): boolean {
  if (!(error instanceof pg.DatabaseError)) return true
  return ['08', '53', '57'].includes(error.code?.slice(0, 2) ?? '') || error.code === '25P03'
}

const isTransient = (error: unknown) =>
  error instanceof pg.DatabaseError && (error.code === '40P01' || error.code === '40001')
