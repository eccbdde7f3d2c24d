import { defineStage, expect, type Http } from 'backend-labs/kit';
import {
  changePrice,
  createProduct,
  customer,
  givePrice,
  instances,
  listPage,
  patchProduct,
  pathOf,
  readProduct,
  skusOf,
  warm,
} from './api.ts';
import { asStored, newCategory, newProduct, newSku, otherPrice } from './product.ts';
import { CACHE_ASIDE, CHALLENGES } from './reading.ts';

export default defineStage({
  id: 'writes',
  title: 'Writes show at once, everywhere',
  world: 'shared',
  checks: [
    {
      id: 'patch-shows-everywhere',
      title: 'A PATCH at one instance shows in the next GET at each of them',
      points: 3,
      needs: ['hits-on-the-other-instance', 'changes-products'],
      hint: 'After the commit and before the answer, make what Redis holds of this product invalid. An instance that keeps a copy in its own memory does not hear of it.',
      reference: CACHE_ASIDE,
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        let price = product.price;
        for (let round = 0; round < 6; round += 1) {
          const [writer, other] = round % 4 < 2 ? instances(http) : instances(http).toReversed();
          await warm(writer!, pathOf(product));
          await warm(other!, pathOf(product));
          price = otherPrice(random, price);
          await patchProduct(writer!, product, { price });
          for (const reader of [other!, writer!]) {
            const note =
              reader === writer ? 'after a PATCH' : 'after a PATCH at the other instance';
            expect(await readProduct(reader, product, { note })).toHaveJson({ price });
          }
        }
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
    {
      id: 'writes-leave-others-cached',
      title: 'A write to one product leaves the others in the cache',
      points: 1,
      needs: ['patch-shows-everywhere'],
      hint: 'Invalidate what the write has changed: this product and the lists. Emptying everything with each write leaves no cache.',
      reference: CHALLENGES,
      run: async ({ http, sql, random }) => {
        const family = random.word(8).toUpperCase();
        const kept = await createProduct(http, random, { sku: `${family}-12` });
        const changed = await createProduct(http, random, { sku: `${family}-1` });
        await warm(http, pathOf(kept));
        await changePrice(sql, kept, otherPrice(random, kept.price));
        await patchProduct(http, changed, { price: otherPrice(random, changed.price) });
        const note = 'after a PATCH of another product';
        const found = await readProduct(http, kept, { note });
        expect(found).toHaveHeader('X-Cache', 'HIT');
        expect(found).toHaveJson({ price: kept.price });
      },
    },
    {
      id: 'refused-writes-change-nothing',
      title: 'A write that is refused changes neither Postgres nor what is cached',
      points: 1,
      needs: ['patch-shows-everywhere', 'errors-are-problems'],
      hint: 'Never put what a client sent into the cache. Only what was read from Postgres after the commit is true.',
      reference: CACHE_ASIDE,
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        await warm(http, pathOf(product));
        const twin = { ...newProduct(random), sku: product.sku };
        expect(await http.post('/products', { json: twin })).toHaveStatus(409);
        expect(await http.patch(pathOf(product), { json: { name: 'x', price: -1 } })).toHaveStatus(
          422,
        );
        const nobody = { sku: newSku(random) };
        expect(await http.patch(pathOf(nobody), { json: { price: 1 } })).toHaveStatus(404);
        expect(await http.post(`${pathOf(nobody)}/reviews`, { json: { rating: 5 } })).toHaveStatus(
          404,
        );
        for (const reader of instances(http)) {
          const note = 'after writes that were refused';
          expect(await readProduct(reader, product, { note })).toHaveJson(asStored(product));
          expect(await reader.get(pathOf(nobody), { note })).toHaveStatus(404);
        }
      },
    },
  ],
});
