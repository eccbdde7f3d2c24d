import { Router } from 'express'
import { cached, forget } from './cache.js'
import { isTaken, query } from './database.js'
import { allow, answer, jsonBody, notFound, Problem } from './http.js'
import { parseCustomer, parsePageQuery, parsePatch, parseProduct, parseRating, parseSku } from './validation.js'

const LISTS = 'lists'

export const products = Router()

products
  .route('/products')
  .get(async (req, res) => {
    const { category, sort, page } = parsePageQuery(req)
    const customer = parseCustomer(req)
    const slot = { key: keyOf('list', category, sort, page, customer), subject: LISTS }
    await answerCached(res, customer, slot, async () => {
      const [row] = await query('SELECT product_page($1, $2, $3, $4) AS page', [category, sort, page, customer])
      return row.page
    })
  })
  .post(jsonBody, async (req, res) => {
    const { sku, name, category, price, description } = parseProduct(req.body)
    try {
      await query('INSERT INTO products (sku, name, category, price, description) VALUES ($1, $2, $3, $4, $5)', [
        sku,
        name,
        category,
        price,
        description,
      ])
    } catch (error) {
      throw isTaken(error) ? new Problem(409, 'There is a product with this sku.') : error
    }
    await forget(sku, LISTS)
    answer(res, 201, { sku, name, category, price, description, rating: null, reviewCount: 0 }, { Location: `/products/${sku}` })
  })
  .all(allow('GET', 'HEAD', 'POST'))

products
  .route('/products/:sku')
  .get(async (req, res) => {
    const sku = parseSku(req)
    const customer = parseCustomer(req)
    await answerCached(res, customer, { key: keyOf('product', sku, customer), subject: sku }, () => detail(sku, customer))
  })
  .patch(jsonBody, async (req, res) => {
    const sku = parseSku(req)
    const { name, category, price, description } = parsePatch(req.body)
    const changed = await query(
      `UPDATE products SET name = coalesce($2, name), category = coalesce($3, category),
         price = coalesce($4, price), description = coalesce($5, description)
       WHERE sku = $1 RETURNING sku`,
      [sku, name, category, price, description],
    )
    if (changed.length === 0) throw noSuchProduct()
    await forget(sku, LISTS)
    const product = await detail(sku, null)
    if (product === null) throw noSuchProduct()
    answer(res, 200, product)
  })
  .delete(async (req, res) => {
    const sku = parseSku(req)
    if ((await query('DELETE FROM products WHERE sku = $1 RETURNING sku', [sku])).length === 0) throw noSuchProduct()
    await forget(sku, LISTS)
    answer(res, 204)
  })
  .all(allow('GET', 'HEAD', 'PATCH', 'DELETE'))

products
  .route('/products/:sku/reviews')
  .post(jsonBody, async (req, res) => {
    const sku = parseSku(req)
    const rating = parseRating(req.body)
    const stored = await query(
      'INSERT INTO reviews (sku, rating) SELECT sku, $2 FROM products WHERE sku = $1 FOR SHARE RETURNING sku',
      [sku, rating],
    )
    if (stored.length === 0) throw noSuchProduct()
    await forget(sku, LISTS)
    answer(res, 201, { rating })
  })
  .all(allow('POST'))

async function detail(sku, customer) {
  const [row] = await query('SELECT product_detail($1, $2) AS product', [sku, customer])
  return row.product
}

async function answerCached(res, customer, slot, load) {
  const { value, source, life, age } = await cached(slot, load)
  const maxAge = `max-age=${seconds(life)}`
  const headers = {
    Vary: 'X-Customer',
    'X-Cache': source,
    ...(source === 'BYPASS'
      ? { 'Cache-Control': 'no-store' }
      : { 'Cache-Control': customer === null ? maxAge : `private, ${maxAge}`, Age: seconds(age) }),
  }
  if (value === null) throw noSuchProduct(headers)
  answer(res, 200, value, headers)
}

const noSuchProduct = (headers) => notFound('There is no such product.', headers)
const seconds = (milliseconds) => String(Math.floor(milliseconds / 1_000))

/** What separates the parts cannot be in them, and null is none of the texts. */
const keyOf = (...parts) => parts.map((part) => (part === null ? '' : encodeURIComponent(part))).join(':')
