import { createHash } from 'node:crypto'
import express from 'express'
import { query } from './database.js'
import { readInput } from './input.js'
import { cancelJob, findJob, findJobByKey, insertJob, listDeadJobs, retryJob, toJson } from './jobs.js'
import { answerProblem, methodNotAllowed, notFound, Problem } from './problems.js'
import { maxAttempts } from './settings.js'

const json = express.json({ limit: 262_144, strict: false })

/** @param {import('./broker.js').Broker} broker */
export function buildApp(broker) {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.enable('strict routing')

  app
    .route('/healthz')
    .get(async (_req, res) => {
      await query('SELECT 1')
      res.json({ status: 'ok' })
    })
    .all(methodNotAllowed('GET, HEAD'))

  app
    .route('/jobs')
    .post(requireJson, json, async (req, res) => {
      const begun = performance.now()
      const key = keyOf(req)
      const { row, replayed } = await submit(readInput(req.body), key)
      if (row.status === 'queued') await announce(broker.add(row, left(begun)))
      if (replayed) res.set('Idempotency-Replayed', 'true')
      res.status(202).location(`/jobs/${row.id}`).json(toJson(row))
    })
    .all(methodNotAllowed('POST'))

  app
    .route('/jobs/:id')
    .get(async (req, res) => {
      res.json(toJson(await existing(idOf(req))))
    })
    .all(methodNotAllowed('GET, HEAD'))

  app
    .route('/jobs/:id/cancel')
    .post(async (req, res) => {
      const row = (await cancelJob(idOf(req))) ?? (await existing(idOf(req)))
      if (row.status !== 'cancelled') throw new Problem(409, `The job is ${row.status}.`)
      // Nobody waits for it: a worker would leave the job alone.
      void announce(broker.remove(row))
      res.json(toJson(row))
    })
    .all(methodNotAllowed('POST'))

  app
    .route('/jobs/:id/retry')
    .post(async (req, res) => {
      const begun = performance.now()
      const row = await retryJob(idOf(req), maxAttempts)
      if (row === undefined) throw new Problem(409, `The job is ${(await existing(idOf(req))).status}.`)
      await announce(broker.add(row, left(begun)))
      res.status(202).json(toJson(row))
    })
    .all(methodNotAllowed('POST'))

  app
    .route('/dead-letters')
    .get(async (_req, res) => {
      res.json({ items: (await listDeadJobs()).map(toJson) })
    })
    .all(methodNotAllowed('GET, HEAD'))

  app.use(notFound)
  app.use(answerProblem)
  return app
}

/** One job for all requests with the same key; the row has it, and is its only record. */
async function submit(input, key) {
  const hash = createHash('sha256').update(JSON.stringify(input)).digest('hex')
  const inserted = await insertJob(input, maxAttempts, key, hash)
  if (inserted !== undefined) return { row: inserted, replayed: false }
  const row = await findJobByKey(key)
  if (row.request_hash !== hash) throw new Problem(422, 'This Idempotency-Key was used with another payload.')
  return { row, replayed: true }
}

async function existing(id) {
  const row = await findJob(id)
  if (row === undefined) throw new Problem(404, 'There is no such job.')
  return row
}

/** The job stands in Postgres. If Redis cannot be told now, a worker will do it. */
const announce = (telling) => telling.catch((error) => console.error(`redis was not told: ${error.message}`))

/** A request has to be answered within three seconds; this is what Postgres has left of them. */
const left = (begun) => Math.max(0, 2_500 - (performance.now() - begun))

function requireJson(req, _res, next) {
  const [type] = (req.get('Content-Type') ?? '').split(';')
  if (type.trim().toLowerCase() !== 'application/json') throw new Problem(415, 'Send application/json.')
  next()
}

function keyOf(req) {
  const key = req.get('Idempotency-Key')
  if (key !== undefined && !/^[!-~]{1,255}$/.test(key))
    throw new Problem(400, 'An Idempotency-Key is 1 to 255 visible ASCII characters.')
  return key
}

function idOf(req) {
  const { id } = req.params
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(id)) throw new Problem(400, 'The id is not a UUID.')
  return id
}
