import { badRequest, invalid } from './http.js'

const text = (least, most) => (value) =>
  typeof value === 'string' &&
  [...value].length >= least &&
  [...value].length <= most &&
  !/[\u0000-\u001f]/.test(value) &&
  value.isWellFormed()

const FIELDS = {
  sku: (value) => typeof value === 'string' && /^[A-Z0-9-]{3,32}$/.test(value),
  name: text(1, 100),
  category: text(1, 40),
  price: (value) => Number.isInteger(value) && value >= 0 && value <= 100_000_000,
  description: text(0, 2_000),
}
const { sku: isSku, ...CHANGEABLE } = FIELDS
const SORTS = ['name', 'price', '-price', '-rating']

export function parseProduct(body) {
  const fields = checked(body, FIELDS)
  for (const name of ['sku', 'name', 'category', 'price'])
    if (!Object.hasOwn(fields, name)) throw invalid(`${name} is missing.`)
  return { description: '', ...fields }
}

export function parsePatch(body) {
  const fields = checked(body, CHANGEABLE)
  if (Object.keys(fields).length === 0) throw invalid('There is nothing to change.')
  return fields
}

export function parseRating(body) {
  const { rating } = checked(body, { rating: (value) => [1, 2, 3, 4, 5].includes(value) })
  if (rating === undefined) throw invalid('rating is missing.')
  return rating
}

export function parseSku({ params }) {
  if (!isSku(params.sku)) throw badRequest('This is no sku.')
  return params.sku
}

/** Null: nobody in particular. */
export function parseCustomer({ headers }) {
  const customer = headers['x-customer']
  if (customer === undefined) return null
  if (!/^[!-~]{1,40}$/.test(customer)) throw badRequest('This is no customer.')
  return customer
}

/** All parameters in one order, with their defaults. */
export function parsePageQuery({ url }) {
  const query = { category: null, sort: 'name', page: 1 }
  const seen = new Set()
  for (const [name, value] of new URL(url, 'http://localhost').searchParams) {
    if (seen.has(name)) throw badRequest(`Give ${name} once.`)
    seen.add(name)
    if (name === 'category' && FIELDS.category(value)) query.category = value
    else if (name === 'sort' && SORTS.includes(value)) query.sort = value
    else if (name === 'page' && /^0*[1-9]\d{0,3}$/.test(value) && Number(value) <= 1_000) query.page = Number(value)
    else throw badRequest('There is a parameter that this list does not have, or not with this value.')
  }
  return query
}

function checked(body, rules) {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) throw invalid('Send an object.')
  for (const [name, value] of Object.entries(body)) {
    if (!Object.hasOwn(rules, name)) throw invalid(`There is no field ${JSON.stringify(name)}.`)
    if (!rules[name](value)) throw invalid(`${name} breaks a rule.`)
  }
  return body
}
