import type { FastifyRequest } from 'fastify'
import { badRequest } from '../problems.js'
import type { PageQuery } from './product.js'
import { SKU } from './schemas.js'

const SORTS = ['name', 'price', '-price', '-rating']

export function parseSku(request: FastifyRequest): string {
  const { sku } = request.params as { sku: string }
  if (!SKU.test(sku)) throw badRequest('This is no sku.')
  return sku
}

/** Null: nobody in particular. */
export function parseCustomer(request: FastifyRequest): string | null {
  const customer = request.headers['x-customer']
  if (customer === undefined) return null
  if (typeof customer !== 'string' || !/^[!-~]{1,40}$/.test(customer)) throw badRequest('This is no customer.')
  return customer
}

/** With all defaults in place: queries that mean the same are the same. */
export function parsePageQuery(request: FastifyRequest): PageQuery {
  const query: PageQuery = { category: null, sort: 'name', page: 1 }
  for (const [name, value] of Object.entries(request.query as Record<string, unknown>)) {
    if (typeof value !== 'string') throw badRequest(`Give ${name} once.`)
    switch (name) {
      case 'category':
        // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it must not have
        if (!/^[^\u0000-\u001f]{1,40}$/u.test(value)) throw badRequest('No product can have this category.')
        query.category = value
        break
      case 'sort':
        if (!SORTS.includes(value)) throw badRequest(`sort is one of ${SORTS.join(', ')}.`)
        query.sort = value
        break
      case 'page':
        query.page = /^\d{1,6}$/.test(value) ? Number(value) : 0
        if (query.page < 1 || query.page > 1_000) throw badRequest('page is a number from 1 to 1000.')
        break
      default:
        throw badRequest('There is a query parameter that this list does not have.')
    }
  }
  return query
}
