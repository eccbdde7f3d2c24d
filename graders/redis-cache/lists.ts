import { defineStage, expect, type Http, untilInTime } from 'backend-labs/kit';
import {
  createProduct,
  customer,
  givePrice,
  insertProducts,
  instances,
  listPage,
  patchProduct,
  pathOf,
  readProduct,
  skusOf,
  warm,
} from './api.ts';
import { asStored, newCategory, newProduct, newSku, otherPrice } from './product.ts';
import { CACHE_ASIDE, CHALLENGES, KEYSPACE, LEASES } from './reading.ts';
import { SLOW_MS, whileReading } from './slow.ts';

/**
 * A world of its own: any write may empty all lists, so that other checks' writes, side by side with
 * these, would hide that a write of theirs does not.
 */
export default defineStage({
  id: 'lists',
  title: 'Lists, and the writes that change them',
  world: 'own',
  checks: [
    {
      id: 'queries-have-their-own-keys',
      title: 'Each category, sort and page has an answer of its own',
      points: 2,
      needs: ['lists-products', 'second-read-hits'],
      hint: 'Make the key of a list from its category, its sort and its page, with the defaults filled in.',
      reference: KEYSPACE,
      run: async ({ http, sql, random }) => {
        const categories = [newCategory(random), newCategory(random)];
        const products = categories.flatMap((category) =>
          Array.from({ length: 11 }, (_, i) => newProduct(random, { category, price: 100 + i })),
        );
        await insertProducts(sql, products);
        const queries = categories.flatMap((category) =>
          ['name', 'price', '-price'].flatMap((sort) =>
            [1, 2].map((page) => ({ category, sort, page })),
          ),
        );
        const ask = async (round: string) => {
          for (const [i, query] of random.shuffle(queries).entries()) {
            const page = await listPage(instances(http)[i % 2]!, query, { note: `${round} round` });
            const [row] = await sql`
              SELECT product_page(${query.category}, ${query.sort}, ${query.page}, NULL) AS page`;
            expect<unknown>(page.json, 'the page', page).toBe(row!['page']);
          }
        };
        await ask('first');
        await ask('second');
      },
    },
    {
      id: 'keys-do-not-collide',
      title: 'Different questions never share a key, whatever characters they are made of',
      points: 1,
      needs: ['queries-have-their-own-keys', 'customers-have-their-own-keys'],
      hint: 'Joined with “:”, a:b and c make the key of a and b:c. Escape the parts (encodeURIComponent, JSON), or hash them one by one.',
      reference: KEYSPACE,
      run: async ({ http, sql, random }) => {
        const word = () => random.word(5);
        for (const separator of [':', '|', '/', '-', '.', ',', '_', '&', '=', '#', '%3A']) {
          const [a, b, c] = [word(), word(), word()];
          const join = (...parts: string[]) => parts.join(separator);
          // The same text however category and customer are put together.
          const between = join('name', '1');
          const pairs = [
            [a, join(b, c)],
            [join(a, b), c],
            [c, join(a, b)],
            [join(b, c), a],
            [a, join(b, between, c)],
            [join(a, between, b), c],
          ] as const;
          const products = pairs.map(([category]) => newProduct(random, { category }));
          await insertProducts(sql, products);
          for (const [i, [category, name]] of pairs.entries()) {
            const page = await listPage(http, { category }, { headers: customer(name) });
            expect(
              page.json.items.map(({ category }) => category),
              'the categories on the page',
              page,
            ).toBe(page.json.items.map(() => category));
            const skus = page.json.items.map(({ sku }) => sku);
            expect(skus, 'the skus on the page', page).toInclude(products[i]!.sku);
          }
        }
        expect(await http.get(`/products/${newSku(random)}`)).toHaveStatus(404);
      },
    },
    {
      id: 'patch-shows-in-lists',
      title: 'A PATCH shows in the lists: those that the product is in, leaves and comes into',
      points: 3,
      needs: ['patch-shows-everywhere', 'queries-have-their-own-keys'],
      hint: 'You cannot know which of the cached pages show the product. Give all lists one version that is part of what they are stored with, and change it with every write.',
      reference: CHALLENGES,
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        const [from, to] = [product.category, newCategory(random)];
        const [web1, web2] = instances(http);
        const readAll = async () => {
          for (const reader of [web1, web2])
            for (const category of [from, to])
              for (const sort of ['name', 'price']) await listPage(reader, { category, sort });
        };
        await readAll();
        const price = otherPrice(random, product.price);
        await patchProduct(web1, product, { price });
        for (const sort of ['name', 'price']) {
          const page = await listPage(
            web2,
            { category: from, sort },
            { note: 'after its price was changed' },
          );
          expect(page.json.items[0]?.price, 'the price in the list', page).toBe(price);
        }
        await readAll();
        await patchProduct(web2, product, { category: to });
        for (const reader of [web1, web2]) {
          const note = 'after the product went to another category';
          const left = await listPage(reader, { category: from }, { note });
          expect(left.json, 'the page of its old category', left).toBe({
            items: [],
            page: 1,
            total: 0,
          });
          const joined = await listPage(reader, { category: to }, { note });
          expect(skusOf(joined), 'the skus of its new category', joined).toBe([product.sku]);
        }
      },
    },
    {
      id: 'delete-shows-everywhere',
      title: 'A deleted product is gone from every instance and every list',
      points: 2,
      needs: ['patch-shows-everywhere', 'queries-have-their-own-keys'],
      hint: 'A DELETE invalidates as a PATCH does: the product, for each customer, and the lists.',
      reference: CACHE_ASIDE,
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        const { category } = product;
        for (const reader of instances(http)) {
          await warm(reader, pathOf(product));
          await listPage(reader, { category });
        }
        expect(await http.delete(pathOf(product))).toHaveStatus(204);
        for (const reader of instances(http)) {
          const note = 'after the DELETE';
          expect(await reader.get(pathOf(product), { note })).toHaveStatus(404);
          const page = await listPage(reader, { category }, { note });
          expect(page.json.total, 'the total of its category', page).toBe(0);
        }
      },
    },
    {
      id: 'creation-shows-everywhere',
      title: 'A new product ends the 404 that was cached, and is in the lists',
      points: 2,
      needs: ['caches-404s', 'queries-have-their-own-keys', 'patch-shows-everywhere'],
      hint: 'Creating is a write as well: what is cached under the new sku is “there is none”, and the lists are without it.',
      reference: CACHE_ASIDE,
      run: async ({ http, random }) => {
        const [web1, web2] = instances(http);
        for (const [writer, other] of [
          [web1, web2],
          [web2, web1],
        ] as [Http, Http][]) {
          const product = newProduct(random);
          const { category } = product;
          for (const reader of [other, writer]) {
            expect(await reader.get(pathOf(product), { note: 'not there yet' })).toHaveStatus(404);
            await listPage(reader, { category });
          }
          expect(await writer.post('/products', { json: product })).toHaveStatus(201);
          for (const reader of [other, writer]) {
            const note = 'after it was created';
            expect(await readProduct(reader, product, { note })).toHaveJson(asStored(product));
            const page = await listPage(reader, { category }, { note });
            expect(skusOf(page), 'the skus of its category', page).toBe([product.sku]);
          }
        }
      },
    },
    {
      id: 'review-shows-everywhere',
      title: 'A review shows in the product and in the lists',
      points: 2,
      needs: ['patch-shows-everywhere', 'queries-have-their-own-keys'],
      hint: 'The cached answer is made from two tables. What changes any of them changes the answer.',
      reference: CACHE_ASIDE,
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        const [web1, web2] = instances(http);
        const query = { category: product.category, sort: '-rating' };
        for (const reader of [web1, web2]) {
          await warm(reader, pathOf(product));
          await listPage(reader, query);
        }
        const rating = random.integer(1, 5);
        expect(await web2.post(`${pathOf(product)}/reviews`, { json: { rating } })).toHaveStatus(
          201,
        );
        for (const reader of [web1, web2]) {
          const note = 'after the review';
          expect(await readProduct(reader, product, { note })).toHaveJson({
            rating,
            reviewCount: 1,
          });
          const page = await listPage(reader, query, { note });
          expect(page.json.items[0]?.rating, 'the rating in the list', page).toBe(rating);
        }
      },
    },
    {
      id: 'slow-list-leaves-nothing-stale',
      title: 'The same for lists: what a slow page has read is not served after a write',
      points: 3,
      needs: [
        'patch-shows-in-lists',
        'slow-reader-leaves-nothing-stale',
        'creation-shows-everywhere',
      ],
      hint: 'Lists need the same care as products: note their version before the query, and compare it with the one of the moment when you read the entry.',
      reference: LEASES,
      run: async ({ http, sql, random }) => {
        const [web1, web2] = instances(http);
        await untilInTime(async () => {
          const { category, sku } = await createProduct(http, random);
          const added = newProduct(random, { category, name: `~${random.title()}` });
          const ask = (reader: Http, note: string) => listPage(reader, { category }, { note });
          const add = async () => {
            expect(await web2.post('/products', { json: added })).toHaveStatus(201);
            const page = await ask(
              web1,
              'after a product was added, while the slow GET is still under way',
            );
            expect(skusOf(page), 'the skus on the page', page).toBe([sku, added.sku]);
          };
          const read = () => ask(web1, `takes ${SLOW_MS} ms`);
          const { inTime } = await whileReading(sql, category, SLOW_MS, read, add);
          for (const reader of [web1, web2]) {
            const page = await ask(reader, 'after both');
            expect(skusOf(page), 'the skus on the page', page).toBe([sku, added.sku]);
          }
          return { inTime };
        });
      },
    },
    {
      id: 'writes-reach-all-customers',
      title: 'A write shows to every customer, not only to who asked without a name',
      points: 2,
      needs: ['patch-shows-everywhere', 'customers-have-their-own-keys'],
      hint: 'One product has an entry for each customer who has asked, and DEL takes one key. A version for each product, which all its entries are checked against, invalidates them together.',
      reference: CHALLENGES,
      run: async ({ http, sql, random }) => {
        const product = await createProduct(http, random);
        const names = Array.from({ length: 5 }, () => random.word(9));
        await givePrice(sql, names[0]!, product, 1);
        const [web1, web2] = instances(http);
        const read = (reader: Http, name: string, note: string) =>
          readProduct(reader, product, { headers: customer(name), note });
        for (const name of names) {
          await warm(web2, pathOf(product), { headers: customer(name) });
          await listPage(web2, { category: product.category }, { headers: customer(name) });
        }
        const name = random.title();
        await patchProduct(web1, product, { name });
        for (const one of names) {
          const note = 'a customer, after the PATCH';
          expect(await read(web2, one, note)).toHaveJson({ name });
          const page = await listPage(
            web2,
            { category: product.category },
            { headers: customer(one), note },
          );
          expect(page.json.items[0]?.name, 'its name in the list', page).toBe(name);
        }
      },
    },
  ],
});
