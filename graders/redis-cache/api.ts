import {
  eventually,
  expect,
  expectNoTimeout,
  type Http,
  type Random,
  type RequestOptions,
  type Response,
  type Sql,
} from 'backend-labs/kit';
import { newProduct, type Page, type Product, type ProductInput } from './product.ts';

export const pathOf = ({ sku }: { sku: string }): string => `/products/${sku}`;

/** As headers: this customer asks. */
export const customer = (name: string): Record<string, string> => ({ 'x-customer': name });

/** Every instance, web.1 first. */
export const instances = (http: Http): readonly [Http, Http] => [http, http.to('web.2')];

/** Milliseconds after which an app may have given Postgres up, which it must within 3 s. */
const GIVEN_UP_MS = 2_000;

/** @throws {PerhapsStalled} 503 after so long a wait for Postgres, which is there; a reading may have been made slow besides */
export const expectNoLate503 = (response: Response): void =>
  expectNoTimeout(response, { service: 'Postgres', ms: GIVEN_UP_MS });

export async function createProduct(
  http: Http,
  random: Random,
  fields: Partial<ProductInput> = {},
): Promise<ProductInput> {
  const json = newProduct(random, fields);
  const created = await http.post<Product>('/products', { json });
  expect(created).toHaveStatus(201);
  return json;
}

export async function readProduct(
  http: Http,
  product: { sku: string },
  options: RequestOptions = {},
): Promise<Response<Product>> {
  const found = await http.get<Product>(pathOf(product), options);
  expectNoLate503(found);
  expect(found).toHaveStatus(200);
  return found;
}

export async function patchProduct(
  http: Http,
  product: { sku: string },
  json: Partial<ProductInput>,
  note?: string,
): Promise<Response<Product>> {
  const patched = await http.patch<Product>(pathOf(product), {
    json,
    ...(note !== undefined && { note }),
  });
  expectNoLate503(patched);
  expect(patched).toHaveStatus(200);
  return patched;
}

export async function listPage(
  http: Http,
  query: NonNullable<RequestOptions['query']>,
  options: RequestOptions = {},
): Promise<Response<Page>> {
  const page = await http.get<Page>('/products', { query, ...options });
  expectNoLate503(page);
  expect(page).toHaveStatus(200);
  return page;
}

export const skusOf = (page: Response<Page>): string[] => page.json.items.map(({ sku }) => sku);

/**
 * Asks until the answer comes from the cache. An app may fill it a moment after it has answered, and another
 * check's write may empty the lists.
 */
export async function warm(
  http: Http,
  path: string,
  options: RequestOptions = {},
): Promise<Response> {
  return eventually(
    async () => {
      const answer = await http.get(path, { note: 'to have it cached', ...options });
      expect(answer).toHaveStatus(200, 404);
      expect(answer).toHaveHeader('X-Cache', 'HIT');
      return answer;
    },
    { withinMs: 2_000, everyMs: 20 },
  );
}

/** Rows as another program would write them: all at once, and none of the app's caches hears of it. */
export async function insertProducts(sql: Sql, products: readonly ProductInput[]): Promise<void> {
  const column = <Key extends keyof ProductInput>(name: Key) => products.map((one) => one[name]);
  await sql`
    INSERT INTO products (sku, name, category, price, description)
    SELECT * FROM unnest(
      ${column('sku')}::text[], ${column('name')}::text[], ${column('category')}::text[],
      ${column('price')}::integer[], ${column('description')}::text[]
    )`;
}

/** Behind the app's back: a cached answer goes on showing the old price. */
export async function changePrice(
  sql: Sql,
  { sku }: { sku: string },
  price: number,
): Promise<void> {
  await sql`UPDATE products SET price = ${price} WHERE sku = ${sku}`;
}

export async function givePrice(
  sql: Sql,
  name: string,
  { sku }: { sku: string },
  price: number,
): Promise<void> {
  await sql`INSERT INTO customer_prices (customer, sku, price) VALUES (${name}, ${sku}, ${price})`;
}
