import { connect } from 'node:net'
import postgres from 'postgres'

// Each write is one statement: there is no transaction that a lost connection could leave half done, no lock
// that is held over a round trip, and nothing for the app to roll back.

/** How long an operation may take, and how long a connection may keep silent. */
const PATIENCE_MS = 2_000
const MAX_CONNECTIONS = 10

export const sql = postgres(process.env.DATABASE_URL, {
  max: MAX_CONNECTIONS,
  connect_timeout: PATIENCE_MS / 1_000,
  // Before the socket's own time-out takes an idle connection for a dead one.
  idle_timeout: PATIENCE_MS / 2_000,
  // The default grows to 20 s, which is how long the app would stay away after an outage.
  backoff: () => 0.1,
  socket: openSocket,
  // Only arrays would need it, and no parameter here is one.
  fetch_types: false,
  onnotice: () => {},
  connection: { statement_timeout: PATIENCE_MS },
})

/** A parameter of type json; the driver's own `sql.json` makes it jsonb, which forgets the order of members. */
export const jsonParam = (value) => sql.typed(value, JSON_OID)
const JSON_OID = 114

/**
 * @typedef {<Row>(statement: () => postgres.PendingQuery<Row[]>) => Promise<Row[]>} Run
 *
 * @template T
 * @param {(run: Run) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function inTime(work) {
  let timer
  let late = false
  let query
  const expired = new Promise((_resolve, reject) => {
    timer = setTimeout(() => {
      late = true
      // One that still waits for a connection would run when nobody wants it any more.
      if (query?.state === null) query.cancel()
      reject(new DatabaseTimeout('no answer in time'))
    }, PATIENCE_MS)
  })

  async function run(statement) {
    for (let triesLeft = MAX_CONNECTIONS; ; triesLeft--) {
      if (late) throw new DatabaseTimeout('no time left')
      query = statement()
      try {
        return await query
      } catch (error) {
        if (triesLeft === 0 || !mayTryAgain(error)) throw error
      }
    }
  }

  try {
    return await Promise.race([work(run), expired])
  } finally {
    clearTimeout(timer)
  }
}

/** Whether the error tells of a database that is away, starting, stopping or full. */
export function isOutage(error) {
  if (error instanceof postgres.PostgresError) return /^(08|53|57)/.test(error.code)
  return /^(CONNECT|E[A-Z]+$)/.test(error.code)
}

/** The unique constraint that the error tells of, if it does. */
export const violatedConstraint = (error) => (error.code === '23505' ? error.constraint_name : undefined)

export const closeDatabase = () => sql.end({ timeout: 0.5 })

const DEADLOCK = '40P01'

/**
 * What a server says on its connections as it stops. The driver keeps it for the first statement on the next
 * connection; a statement that was cut short gets CONNECTION_CLOSED, and may not be tried again.
 */
const FAREWELL = '57P01'

const mayTryAgain = (error) => error.code === DEADLOCK || error.code === FAREWELL

class DatabaseTimeout extends Error {
  code = 'ETIMEDOUT'
}

/**
 * The driver has no time-out for a connection that falls silent in the middle of a statement.
 *
 * The socket is handed over before it is connected, and what is written waits in it: a place of the pool whose
 * socket could not be made at all is never used again, one whose socket closes is.
 */
function openSocket({ host: [host], port: [port] }) {
  const socket = connect(port, host)
  socket.setTimeout(PATIENCE_MS, () => socket.destroy(new DatabaseTimeout('silent connection')))
  return socket
}
