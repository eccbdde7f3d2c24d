/** What a client may say about a product. */
export interface ProductInput {
  sku: string
  name: string
  category: string
  /** In cents. */
  price: number
  description: string
}

export interface Product extends ProductInput {
  rating: number | null
  reviewCount: number
}

export interface ProductPage {
  items: Omit<Product, 'description'>[]
  page: number
  total: number
}

export interface PageQuery {
  category: string | null
  sort: string
  page: number
}
