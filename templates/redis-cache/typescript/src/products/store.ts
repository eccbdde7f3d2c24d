import { pool } from '../database.js'

/** What a client may say about a product; the price is in cents. */
export interface ProductInput {
  sku: string
  name: string
  category: string
  price: number
  description?: string
}

export interface Product extends Required<ProductInput> {
  rating: number | null
  reviewCount: number
}

/** The query that is worth a cache. */
export async function readProduct(sku: string, customer: string | null): Promise<Product | null> {
  const { rows } = await pool.query('SELECT product_detail($1, $2) AS product', [sku, customer])
  return rows[0].product
}

/** And so is this one. */
export async function readPage(category: string | null, sort: string, page: number, customer: string | null) {
  const { rows } = await pool.query('SELECT product_page($1, $2, $3, $4) AS page', [category, sort, page, customer])
  return rows[0].page
}

export async function insertProduct(input: ProductInput): Promise<Product> {
  const { sku, name, category, price, description = '' } = input
  await pool.query('INSERT INTO products (sku, name, category, price, description) VALUES ($1, $2, $3, $4, $5)', [
    sku,
    name,
    category,
    price,
    description,
  ])
  return (await readProduct(sku, null))!
}

export async function updateProduct(sku: string, patch: Partial<ProductInput>): Promise<Product | null> {
  const { name, category, price, description } = patch
  await pool.query(
    `UPDATE products SET name = coalesce($2, name), category = coalesce($3, category),
       price = coalesce($4, price), description = coalesce($5, description)
     WHERE sku = $1`,
    [sku, name, category, price, description],
  )
  return readProduct(sku, null)
}

export async function deleteProduct(sku: string): Promise<boolean> {
  const { rowCount } = await pool.query('DELETE FROM products WHERE sku = $1', [sku])
  return rowCount === 1
}

export async function insertReview(sku: string, rating: number): Promise<boolean> {
  const { rowCount } = await pool.query(
    'INSERT INTO reviews (sku, rating) SELECT sku, $2 FROM products WHERE sku = $1',
    [sku, rating],
  )
  return rowCount === 1
}
