import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Database } from '../database.js'
import { acceptJson } from '../json-body.js'
import { allowOnly } from '../methods.js'
import { notFound, Problem } from '../problems.js'
import { assertMatches, etagOf, isFresh } from './etag.js'
import { assertId } from './id.js'
import { once, parseIdempotencyKey } from './idempotency.js'
import { listTasks } from './list.js'
import { parseListQuery } from './list-query.js'
import { taskBatch, taskInput, taskPatch } from './schemas.js'
import { findTask, insertTasks, lockTask, removeTask, replaceTask } from './store.js'
import type { TaskInput, VersionedTask } from './task.js'

interface WithId {
  Params: { id: string }
}

export async function taskRoutes(app: FastifyInstance, { database }: { database: Database }) {
  allowOnly(app, '/tasks', ['GET', 'HEAD', 'POST'])
  allowOnly(app, '/tasks/batch', ['POST'])
  allowOnly(app, '/tasks/:id', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE'])

  app.get<{ Querystring: Record<string, unknown> }>('/tasks', async (request) => {
    const query = parseListQuery(request.query)
    return database.run((session) => listTasks(session, query))
  })

  app.post<{ Body: TaskInput }>('/tasks', writes(taskInput), async (request, reply) => {
    const key = parseIdempotencyKey(request.headers['idempotency-key'])
    const { result, replayed } = await database.transaction(async (session) => {
      const create = async () => (await insertTasks(session, [request.body]))[0]!
      return key === undefined
        ? { result: await create(), replayed: false }
        : once(session, key, request.body, create)
    })
    if (replayed) reply.header('idempotency-replayed', 'true')
    reply.code(201).header('location', `/tasks/${result.task.id}`)
    return answer(reply, result)
  })

  app.post<{ Body: { tasks: TaskInput[] } }>('/tasks/batch', writes(taskBatch), async (request, reply) => {
    const created = await database.transaction((session) => insertTasks(session, request.body.tasks))
    reply.code(201)
    return { items: created.map(({ task }) => task) }
  })

  app.get<WithId>('/tasks/:id', async (request, reply) => {
    const id = assertId(request.params.id)
    const found = existing(await database.run((session) => findTask(session, id)))
    if (isFresh(request.headers['if-none-match'], found.version)) {
      return reply.code(304).header('etag', etagOf(found.version)).send()
    }
    return answer(reply, found)
  })

  app.put<WithId & { Body: TaskInput }>('/tasks/:id', writes(taskInput), async (request, reply) => {
    const id = assertId(request.params.id)
    const replaced = await database.transaction(async (session) => {
      const current = existing(await lockTask(session, id))
      assertMatches(request.headers['if-match'], current.version)
      return replaceTask(session, id, request.body)
    })
    return answer(reply, replaced)
  })

  app.delete<WithId>('/tasks/:id', async (request, reply) => {
    const id = assertId(request.params.id)
    await database.transaction(async (session) => {
      const current = existing(await lockTask(session, id))
      assertMatches(request.headers['if-match'], current.version)
      await removeTask(session, id)
    })
    return reply.code(204).send()
  })

  // In a scope of its own, since no other route takes a merge patch.
  app.register(async (scope) => {
    acceptJson(scope, 'application/merge-patch+json')
    scope.patch<WithId & { Body: Partial<TaskInput> }>('/tasks/:id', writes(taskPatch), async (request, reply) => {
      const id = assertId(request.params.id)
      const patched = await database.transaction(async (session) => {
        const current = existing(await lockTask(session, id))
        assertMatches(request.headers['if-match'], current.version)
        return replaceTask(session, id, { ...current.task, ...request.body })
      })
      return answer(reply, patched)
    })
  })
}

/** Options of a route that needs a body of this schema. */
function writes(body: object) {
  return {
    schema: { body },
    preValidation: async (request: FastifyRequest) => {
      if (request.body === undefined) throw new Problem(415, 'Send a body with a Content-Type.')
    },
  }
}

function existing(found: VersionedTask | undefined): VersionedTask {
  if (found === undefined) throw notFound('There is no task with this id.')
  return found
}

function answer(reply: FastifyReply, { task, version }: VersionedTask) {
  reply.header('etag', etagOf(version))
  return task
}
