import { type Session, violatedConstraint } from '../database.js'
import { conflict } from '../problems.js'
import type { PageQuery, Product, ProductInput, ProductPage } from './product.js'

export async function readProduct(session: Session, sku: string, customer: string | null) {
  const [row] = await session.query<{ product: Product | null }>('SELECT product_detail($1, $2) AS product', [
    sku,
    customer,
  ])
  return row?.product ?? undefined
}

export async function readPage(session: Session, { category, sort, page }: PageQuery, customer: string | null) {
  const [row] = await session.query<{ page: ProductPage }>('SELECT product_page($1, $2, $3, $4) AS page', [
    category,
    sort,
    page,
    customer,
  ])
  return row!.page
}

export async function insertProduct(session: Session, input: ProductInput): Promise<Product> {
  const { sku, name, category, price, description } = input
  try {
    await session.query(
      'INSERT INTO products (sku, name, category, price, description) VALUES ($1, $2, $3, $4, $5)',
      [sku, name, category, price, description],
    )
  } catch (error) {
    if (violatedConstraint(error) !== undefined) throw conflict('There is a product with this sku.')
    throw error
  }
  return (await readProduct(session, sku, null))!
}

export async function updateProduct(session: Session, sku: string, patch: Partial<ProductInput>) {
  const { name = null, category = null, price = null, description = null } = patch
  await session.query(
    `UPDATE products SET name = coalesce($2, name), category = coalesce($3, category),
       price = coalesce($4, price), description = coalesce($5, description)
     WHERE sku = $1`,
    [sku, name, category, price, description],
  )
  return readProduct(session, sku, null)
}

/** False where there is no such product. */
export async function deleteProduct(session: Session, sku: string): Promise<boolean> {
  return (await session.query('DELETE FROM products WHERE sku = $1 RETURNING sku', [sku])).length > 0
}

/** False where there is no such product. */
export async function insertReview(session: Session, sku: string, rating: number): Promise<boolean> {
  const inserted = await session.query(
    'INSERT INTO reviews (sku, rating) SELECT sku, $2 FROM products WHERE sku = $1 FOR SHARE RETURNING sku',
    [sku, rating],
  )
  return inserted.length > 0
}
