import type { FastifyInstance, FastifyRequest } from 'fastify'
import { cached, forget } from '../cache.js'
import { deleteProduct, insertProduct, insertReview, type ProductInput, readPage, readProduct, updateProduct } from './store.js'

interface WithSku {
  Params: { sku: string }
}

interface PageQuery {
  Querystring: { category?: string; sort?: string; page?: string }
}

export async function productRoutes(app: FastifyInstance) {
  app.get<WithSku>('/products/:sku', async (request, reply) => {
    const { sku } = request.params
    // What else does the answer depend on, besides the sku? All of it belongs into the key.
    const product = await cached(`product:${sku}`, () => readProduct(sku, customerOf(request)))
    return product ?? reply.callNotFound()
  })

  app.get<PageQuery>('/products', async (request) => {
    // TODO 7: what is not in the contract is answered 400.
    const { category = null, sort = 'name', page = '1' } = request.query
    return cached('list', () => readPage(category, sort, Number(page), customerOf(request)))
  })

  app.post<{ Body: ProductInput }>('/products', async (request, reply) => {
    // TODO 7: check the bodies; a sku that is taken is 409.
    const created = await insertProduct(request.body)
    await forget(created.sku)
    return reply.code(201).header('location', `/products/${created.sku}`).send(created)
  })

  app.patch<WithSku & { Body: Partial<ProductInput> }>('/products/:sku', async (request, reply) => {
    const changed = await updateProduct(request.params.sku, request.body)
    await forget(request.params.sku)
    return changed ?? reply.callNotFound()
  })

  app.delete<WithSku>('/products/:sku', async (request, reply) => {
    const deleted = await deleteProduct(request.params.sku)
    await forget(request.params.sku)
    return deleted ? reply.code(204).send() : reply.callNotFound()
  })

  app.post<WithSku & { Body: { rating: number } }>('/products/:sku/reviews', async (request, reply) => {
    const { rating } = request.body
    const stored = await insertReview(request.params.sku, rating)
    await forget(request.params.sku)
    return stored ? reply.code(201).send({ rating }) : reply.callNotFound()
  })
}

/** Who asks, if they say so. Customers may have prices of their own. */
function customerOf(request: FastifyRequest): string | null {
  const customer = request.headers['x-customer']
  return typeof customer === 'string' ? customer : null
}
