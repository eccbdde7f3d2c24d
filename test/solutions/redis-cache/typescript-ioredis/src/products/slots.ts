import type { Slot } from '../cache/read-through.js'
import type { PageQuery } from './product.js'

/** All lists are one subject: any write may move something on any page. */
export const LISTS = 'lists'
export const productSubject = (sku: string) => `product:${sku}`

export function productSlot(sku: string, customer: string | null): Slot {
  return { key: keyOf('product', sku, customer), subject: productSubject(sku) }
}

export function pageSlot({ category, sort, page }: PageQuery, customer: string | null): Slot {
  return { key: keyOf('list', category, sort, page, customer), subject: LISTS }
}

/** Different parts make different keys: what separates them cannot be in them, and null is none of the texts. */
function keyOf(...parts: (string | number | null)[]): string {
  return ['catalogue', ...parts.map((part) => (part === null ? '' : encodeURIComponent(part)))].join(':')
}
