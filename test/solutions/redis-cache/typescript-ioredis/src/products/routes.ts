import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Services } from '../app.js'
import type { Answer } from '../cache/read-through.js'
import { allowOnly } from '../methods.js'
import { notFound, Problem } from '../problems.js'
import { cacheHeaders } from './headers.js'
import { parseCustomer, parsePageQuery, parseSku } from './parameters.js'
import type { ProductInput } from './product.js'
import { productInput, productPatch, review } from './schemas.js'
import { LISTS, pageSlot, productSlot, productSubject } from './slots.js'
import { deleteProduct, insertProduct, insertReview, readPage, readProduct, updateProduct } from './store.js'

export async function productRoutes(app: FastifyInstance, { database, cache }: Services) {
  allowOnly(app, '/products', ['GET', 'HEAD', 'POST'])
  allowOnly(app, '/products/:sku', ['GET', 'HEAD', 'PATCH', 'DELETE'])
  allowOnly(app, '/products/:sku/reviews', ['POST'])

  app.get('/products', async (request, reply) => {
    const query = parsePageQuery(request)
    const customer = parseCustomer(request)
    const answer = await cache.read(pageSlot(query, customer), () =>
      database.run((session) => readPage(session, query, customer)),
    )
    return send(reply, answer, customer)
  })

  app.get('/products/:sku', async (request, reply) => {
    const sku = parseSku(request)
    const customer = parseCustomer(request)
    const answer = await cache.read(productSlot(sku, customer), () =>
      database.run((session) => readProduct(session, sku, customer)),
    )
    return send(reply, answer, customer)
  })

  app.post<{ Body: ProductInput }>('/products', writes(productInput), async (request, reply) => {
    const created = await database.transaction((session) => insertProduct(session, request.body))
    await forget(created.sku)
    return reply.code(201).header('location', `/products/${created.sku}`).send(created)
  })

  app.patch<{ Body: Partial<ProductInput> }>('/products/:sku', writes(productPatch), async (request) => {
    const sku = parseSku(request)
    const changed = await database.transaction((session) => updateProduct(session, sku, request.body))
    if (changed === undefined) throw noSuchProduct()
    await forget(sku)
    return changed
  })

  app.delete('/products/:sku', async (request, reply) => {
    const sku = parseSku(request)
    if (!(await database.run((session) => deleteProduct(session, sku)))) throw noSuchProduct()
    await forget(sku)
    return reply.code(204).send()
  })

  app.post<{ Body: { rating: number } }>('/products/:sku/reviews', writes(review), async (request, reply) => {
    const sku = parseSku(request)
    const { rating } = request.body
    if (!(await database.run((session) => insertReview(session, sku, rating)))) throw noSuchProduct()
    await forget(sku)
    return reply.code(201).send({ rating })
  })

  const forget = (sku: string) => cache.forget([productSubject(sku), LISTS])
}

function send<T>(reply: FastifyReply, answer: Answer<T>, customer: string | null) {
  const headers = cacheHeaders(answer, customer)
  if (answer.value === undefined) throw noSuchProduct(headers)
  return reply.headers(headers).send(answer.value)
}

const noSuchProduct = (headers?: Record<string, string>) => notFound('There is no such product.', headers)

/** Options of a route that needs a body of this schema. */
function writes(body: object) {
  return {
    schema: { body },
    preValidation: async (request: FastifyRequest) => {
      if (request.body === undefined) throw new Problem(415, 'Send a body with a Content-Type.')
    },
  }
}
