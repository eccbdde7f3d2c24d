import type { FastifyInstance } from 'fastify'
import { findTask, insertTask, listTasks } from './store.js'
import type { TaskInput } from './task.js'

interface WithId {
  Params: { id: string }
}

export async function taskRoutes(app: FastifyInstance) {
  app.post<{ Body: TaskInput }>('/tasks', async (request, reply) => {
    // TODO 3: check the body. Every rule is in the contract: types, ranges, unknown fields, U+0000. Answer 422
    // and point to each fault. Fastify can check a JSON Schema, but converts and removes unless told not to.
    const task = await insertTask(request.body)
    // TODO 4: say where the task is (Location) and which version of it this is (ETag).
    // TODO 5: a reference that is taken is 409, also when fifty clients ask for it in the same millisecond.
    // TODO 8: with an Idempotency-Key, the same request twice gives one task.
    return reply.code(201).send(task)
  })

  app.get<WithId>('/tasks/:id', async (request, reply) => {
    // TODO 4: an id that is no UUID is 400. With If-None-Match, the answer may be 304.
    const task = await findTask(request.params.id)
    return task ?? reply.callNotFound()
  })

  // TODO 5: PUT, PATCH and DELETE /tasks/:id. With If-Match, of many writers that come together one wins.
  // Without it, two that change different fields both do.

  app.get('/tasks', async () => {
    // TODO 6: limit, sort, filters, and a cursor that holds the place while tasks come and go.
    // One page is a fixed number of SQL statements, tags included.
    return { items: await listTasks(), nextCursor: null }
  })

  // TODO 7: POST /tasks/batch stores up to a hundred tasks, or none.
}
