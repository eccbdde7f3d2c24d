import { defineStage, expect } from 'backend-labs/kit';
import {
  createProduct,
  customer,
  givePrice,
  insertProducts,
  listPage,
  patchProduct,
  pathOf,
  readProduct,
  skusOf,
} from './api.ts';
import { maxAgeOf } from './freshness.ts';
import {
  asListed,
  asStored,
  newCategory,
  newProduct,
  otherPrice,
  type Product,
} from './product.ts';
import { rfc, twelveFactor } from './reading.ts';

export default defineStage({
  id: 'catalogue',
  title: 'The catalogue, cached or not',
  world: 'shared',
  checks: [
    {
      id: 'answers-health',
      title: 'GET /healthz says that the app can serve',
      points: 1,
      hint: 'Answer 200 with {"status":"ok"} as application/json at every instance.',
      reference: rfc(9110, '15.3.1', '200 OK'),
      run: async ({ http }) => {
        for (const instance of [http, http.to('web.2')]) {
          const health = await instance.get('/healthz');
          expect(health).toHaveStatus(200);
          expect(health).toHaveJson({ status: 'ok' });
        }
      },
    },
    {
      id: 'creates-product',
      title: 'POST /products stores a product in Postgres and answers 201 with it',
      points: 1,
      hint: 'Insert into `products`, and answer 201 with the product and its Location, /products/{sku}.',
      reference: rfc(9110, '15.3.2', '201 Created'),
      run: async ({ http, sql, random }) => {
        const input = newProduct(random);
        const created = await http.post('/products', { json: input });
        expect(created).toHaveStatus(201);
        expect(created).toHaveJson(asStored(input));
        const location = URL.parse(created.requiredHeader('Location'), created.exchange.url);
        expect(location?.pathname, 'the path of the Location', created).toBe(pathOf(input));
        const rows = await sql`
          SELECT sku, name, category, price, description FROM products WHERE sku = ${input.sku}`;
        expect(rows, 'the rows in products with its sku', created).toBe([input]);
      },
    },
    {
      id: 'reads-product',
      title: 'GET /products/{sku} gives the product with its rating',
      points: 1,
      needs: ['creates-product'],
      hint: 'SELECT product_detail(sku, customer), and answer what it returns.',
      reference: rfc(9110, '9.3.1', 'GET'),
      run: async ({ http, sql, random }) => {
        const input = newProduct(random);
        await insertProducts(sql, [input]);
        await sql`INSERT INTO reviews (sku, rating) VALUES (${input.sku}, 5), (${input.sku}, 4), (${input.sku}, 4)`;
        const found = await readProduct(http, input, { note: 'a product that SQL inserted' });
        expect(found).toHaveJson({ ...input, rating: 4.33, reviewCount: 3 });
      },
    },
    {
      id: 'lists-products',
      title: 'GET /products lists a category, sorted, ten to a page',
      points: 1,
      needs: ['reads-product'],
      hint: 'SELECT product_page(category, sort, page, customer), with the defaults of the contract for what is not sent, and answer what it returns.',
      reference: rfc(9110, '3.3', 'Connections, Clients, and Servers'),
      run: async ({ http, sql, random }) => {
        const category = newCategory(random);
        const products = Array.from({ length: 12 }, (_, i) =>
          newProduct(random, {
            category,
            price: 100 + i,
            name: `${'lkjihgfedcba'[i]}${random.title()}`,
          }),
        );
        await insertProducts(sql, products);
        const byPrice = products.map(({ sku }) => sku);
        const byName = byPrice.toReversed();
        const cases: [query: Record<string, string | number>, skus: string[]][] = [
          [{ category }, byName.slice(0, 10)],
          [{ category, page: 2 }, byName.slice(10)],
          [{ category, sort: 'price' }, byPrice.slice(0, 10)],
          [{ category, sort: '-price', page: 2 }, byPrice.slice(0, 2).toReversed()],
          [{ category, page: 3 }, []],
        ];
        for (const [query, skus] of cases) {
          const page = await listPage(http, query);
          expect(skusOf(page), 'the skus on the page', page).toBe(skus);
          expect(page).toHaveJson({ page: query['page'] ?? 1, total: 12 });
        }
        const [first] = (await listPage(http, { category, sort: 'price' })).json.items;
        expect(first, 'the first item').toBe(asListed(asStored(products[0]!)));
      },
    },
    {
      id: 'changes-products',
      title: 'PATCH, DELETE and reviews change what Postgres holds',
      points: 1,
      needs: ['reads-product'],
      hint: 'Each write goes to Postgres and is committed before it is answered: 200 with the product, 204, 201 with the review.',
      reference: rfc(5789, '2', 'The PATCH Method'),
      run: async ({ http, sql, random }) => {
        const input = await createProduct(http, random);
        const stored = async () =>
          (
            await sql<{ product: Product | null }>`
            SELECT product_detail(${input.sku}, NULL) AS product`
          )[0]!.product;
        const json = { price: otherPrice(random, input.price), name: random.title() };
        const patched = await patchProduct(http, input, json);
        expect(patched).toHaveJson({ ...asStored(input), ...json });
        expect(await stored(), 'the product in Postgres', patched).toBe({
          ...asStored(input),
          ...json,
        });
        const reviewed = await http.post(`${pathOf(input)}/reviews`, { json: { rating: 2 } });
        expect(reviewed).toHaveStatus(201);
        expect((await stored())?.rating, 'its rating in Postgres', reviewed).toBe(2);
        const deleted = await http.delete(pathOf(input));
        expect(deleted).toHaveStatus(204);
        expect(await stored(), 'the product in Postgres', deleted).toBe(null);
      },
    },
    {
      id: 'customers-have-prices',
      title: 'With X-Customer, products and lists show the customer’s own prices',
      points: 1,
      needs: ['lists-products'],
      hint: 'Hand the value of X-Customer to both functions, and NULL where there is no such header. Say `Vary: X-Customer`, so that no cache on the way mixes them up.',
      reference: rfc(9111, '4.1', 'Calculating Cache Keys with the Vary Header Field'),
      run: async ({ http, sql, random }) => {
        const product = await createProduct(http, random);
        const [name, price] = [random.word(10), otherPrice(random, product.price)];
        await givePrice(sql, name, product, price);
        const found = await readProduct(http, product, { headers: customer(name) });
        expect(found).toHaveJson({ price });
        expect(found).toHaveHeader('Vary', /(^|[ ,])X-Customer($|[ ,])/i);
        const { category } = product;
        const page = await listPage(http, { category }, { headers: customer(name) });
        expect(page.json.items[0]?.price, 'the price in the list', page).toBe(price);
        expect(page).toHaveHeader('Vary', /(^|[ ,])X-Customer($|[ ,])/i);
      },
    },
    {
      id: 'errors-are-problems',
      title: 'What is wrong is answered as the contract says, with a problem document',
      points: 2,
      needs: ['creates-product'],
      hint: 'One error handler for the whole app makes every error, also the framework’s own, a body of type application/problem+json with the member `status`.',
      reference: rfc(9457, '3', 'Members of a Problem Details Object'),
      run: async ({ http, random }) => {
        const taken = await createProduct(http, random);
        const unknown = pathOf(newProduct(random));
        const cases: [status: number[], method: string, path: string, options?: object][] = [
          [[404], 'GET', unknown],
          [[404], 'PATCH', unknown, { json: { price: 1 } }],
          [[404], 'DELETE', unknown],
          [[404], 'POST', `${unknown}/reviews`, { json: { rating: 3 } }],
          [[404], 'GET', `/${random.word()}`],
          [[400, 404], 'GET', '/products/no_sku'],
          [[400], 'GET', '/products?page=0'],
          [[400], 'GET', '/products?page=1&page=2'],
          [[400], 'GET', '/products?sort=rating'],
          [[400], 'GET', '/products?colour=red'],
          [[400], 'GET', pathOf(taken), { headers: { 'x-customer': 'x'.repeat(41) } }],
          [[405], 'PUT', pathOf(taken), { json: taken }],
          [[405], 'DELETE', '/products'],
          [[409], 'POST', '/products', { json: { ...newProduct(random), sku: taken.sku } }],
          [
            [415],
            'POST',
            '/products',
            { body: 'sku=x', headers: { 'content-type': 'text/plain' } },
          ],
          [
            [400],
            'POST',
            '/products',
            { body: '{"sku"', headers: { 'content-type': 'application/json' } },
          ],
          [[422], 'POST', '/products', { json: { ...newProduct(random), price: '3' } }],
          [[422], 'POST', '/products', { json: { ...newProduct(random), colour: 'red' } }],
          [[422], 'PATCH', pathOf(taken), { json: { price: -1 } }],
          [[422], 'PATCH', pathOf(taken), { json: { sku: newProduct(random).sku } }],
          [[422], 'POST', `${pathOf(taken)}/reviews`, { json: { rating: 6 } }],
        ];
        for (const [statuses, method, path, options] of cases)
          expect(await http.request(method, path, options)).toBeProblem(...statuses);
      },
    },
    {
      id: 'settings-are-read',
      title: 'The lives of cached answers come from the environment',
      points: 1,
      needs: ['reads-product'],
      hint: 'Cache-Control: max-age is the life of the cached answer: CACHE_TTL_SECONDS for what is there (CACHE_JITTER is 0 here), at most CACHE_NEGATIVE_TTL_SECONDS for a 404. Both are in seconds.',
      reference: twelveFactor('config', 'Config'),
      run: async ({ http, random, env }) => {
        const product = await createProduct(http, random);
        const ttl = Number(env['CACHE_TTL_SECONDS']);
        const found = await readProduct(http, product);
        expect(maxAgeOf(found), 'max-age', found).toBe(ttl);
        const page = await listPage(http, { category: product.category });
        expect(maxAgeOf(page), 'max-age', page).toBe(ttl);
        const missing = await http.get(pathOf(newProduct(random)));
        expect(missing).toHaveStatus(404);
        const longest = Number(env['CACHE_NEGATIVE_TTL_SECONDS']);
        expect(maxAgeOf(missing), 'max-age of the 404', missing).toBeAtMost(longest);
      },
    },
  ],
});
