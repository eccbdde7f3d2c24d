import { setTimeout as sleep } from 'node:timers/promises'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { complain } from '../complain.js'
import type { Session } from '../database.js'
import type { Services } from '../http/app.js'
import { acceptJson, ignoreBody } from '../http/bodies.js'
import { allowOnly } from '../http/methods.js'
import { conflict, notFound, Problem } from '../http/problems.js'
import { assertId } from './id.js'
import { once, parseIdempotencyKey } from './idempotency.js'
import { entryOf, type JobInput, type JobRow, toJson } from './job.js'
import { jobInput } from './schemas.js'
import { cancelJob, findJob, insertJob, listDeadJobs, retryJob } from './store.js'

/** How long a request may take, with what it has waited for Postgres. */
const ANSWER_MS = 2_500

type WithId = { Params: { id: string } }

export async function jobRoutes(app: FastifyInstance, services: Services) {
  app.register(submission, services)
  app.register(others, services)
}

async function submission(app: FastifyInstance, { database, queue, settings }: Services) {
  acceptJson(app)
  allowOnly(app, '/jobs', ['POST'])

  app.post<{ Body: JobInput }>(
    '/jobs',
    { schema: { body: jobInput }, preValidation: needsBody },
    async (request, reply) => {
      const key = parseIdempotencyKey(request.headers['idempotency-key'])
      const input = request.body
      const { row, replayed } = await database.transaction(async (session) => {
        const insert = () => insertJob(session, input, settings.maxAttempts)
        const { id, replayed } =
          key === undefined ? { id: await insert(), replayed: false } : await once(session, key, input, insert)
        return { row: await existing(session, id), replayed }
      })
      // After the commit: a worker could be faster than it, and find no job.
      if (row.status === 'queued') await announce(queue.add(entryOf(row), replayed ? 0 : input.delayMs), reply)
      if (replayed) reply.header('idempotency-replayed', 'true')
      return reply.code(202).header('location', `/jobs/${row.id}`).send(toJson(row))
    },
  )
}

async function others(app: FastifyInstance, { database, queue, settings }: Services) {
  ignoreBody(app)
  allowOnly(app, '/jobs/:id', ['GET', 'HEAD'])
  allowOnly(app, '/jobs/:id/cancel', ['POST'])
  allowOnly(app, '/jobs/:id/retry', ['POST'])
  allowOnly(app, '/dead-letters', ['GET', 'HEAD'])

  app.get<WithId>('/jobs/:id', async (request) => {
    const id = assertId(request.params.id)
    return toJson(await database.run((session) => existing(session, id)))
  })

  app.post<WithId>('/jobs/:id/cancel', async (request, reply) => {
    const id = assertId(request.params.id)
    const row = await database.transaction(async (session) => {
      const cancelled = (await cancelJob(session, id)) ?? (await existing(session, id))
      if (cancelled.status !== 'cancelled') throw conflict(`The job is ${cancelled.status}.`)
      return cancelled
    })
    // Nobody waits for it: the worker that finds the entry would leave the job alone.
    void announce(queue.remove(entryOf(row)), reply)
    return toJson(row)
  })

  app.post<WithId>('/jobs/:id/retry', async (request, reply) => {
    const id = assertId(request.params.id)
    const row = await database.transaction(async (session) => {
      const retried = await retryJob(session, id, settings.maxAttempts)
      if (retried === undefined) throw conflict(`The job is ${(await existing(session, id)).status}.`)
      return retried
    })
    await announce(queue.add(entryOf(row), 0), reply)
    return reply.code(202).send(toJson(row))
  })

  app.get('/dead-letters', async () => {
    const rows = await database.run(listDeadJobs)
    return { items: rows.map(toJson) }
  })
}

async function existing(session: Session, id: string): Promise<JobRow> {
  const row = await findJob(session, id)
  if (row === undefined) throw notFound('There is no such job.')
  return row
}

/** The job stands in Postgres. If Redis cannot be told of it now, a worker will find it. */
async function announce(telling: Promise<void>, reply: FastifyReply): Promise<void> {
  try {
    const left = ANSWER_MS - reply.elapsedTime
    await Promise.race([telling, sleep(left, undefined, { ref: false }).then(tooSlow)])
  } catch (error) {
    complain('redis was not told', error)
  }
}

function tooSlow(): never {
  throw new Error('no answer in time')
}

async function needsBody(request: { body: unknown }): Promise<void> {
  if (request.body === undefined) throw new Problem(415, 'Send a body with a Content-Type.')
}
