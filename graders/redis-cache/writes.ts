import { defineStage, expect } from 'backend-labs/kit';
import {
  changePrice,
  createProduct,
  instances,
  patchProduct,
  pathOf,
  readProduct,
  warm,
} from './api.ts';
import { asStored, newProduct, newSku, otherPrice } from './product.ts';
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
