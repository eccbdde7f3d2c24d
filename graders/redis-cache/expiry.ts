import { setTimeout as sleep } from 'node:timers/promises';
import { defineStage, expect } from 'backend-labs/kit';
import { changePrice, createProduct, listPage, readProduct } from './api.ts';
import { answeredAt, seconds, sentAt, TTL } from './freshness.ts';
import { otherPrice } from './product.ts';
import { EXPIRY } from './reading.ts';

export default defineStage({
  id: 'expiry',
  title: 'The end of an answer’s life',
  world: 'own',
  env: { CACHE_TTL_SECONDS: '2', CACHE_NEGATIVE_TTL_SECONDS: '1' },
  checks: [
    {
      id: 'answers-expire',
      title:
        'After CACHE_TTL_SECONDS a product and a list are read anew, however often they were asked for',
      points: 3,
      needs: ['second-read-hits', 'lists-products'],
      hint: 'The life begins when Postgres is read, and a HIT does not prolong it: no EXPIRE and no GETEX when you read.',
      reference: EXPIRY,
      run: async ({ http, sql, random, env }) => {
        const ttl = 1_000 * seconds(env, TTL);
        const product = await createProduct(http, random);
        const { category } = product;
        const price = otherPrice(random, product.price);
        const first = await readProduct(http, product);
        const page = await listPage(http, { category });
        await changePrice(sql, product, price);
        const note = 'again and again, after its price was changed by SQL';
        const until = async (
          read: () => Promise<{ shown: number | undefined; sentAt: number }>,
          from: number,
        ) => {
          for (;;) {
            const { shown, sentAt } = await read();
            if (shown === price || sentAt > from + ttl) return shown;
            await sleep(100);
          }
        };
        const [detail, listed] = await Promise.all([
          until(async () => {
            const found = await readProduct(http, product, { note });
            return { shown: found.json.price, sentAt: sentAt(found) };
          }, answeredAt(first)),
          until(async () => {
            const found = await listPage(http, { category }, { note });
            return { shown: found.json.items[0]?.price, sentAt: sentAt(found) };
          }, answeredAt(page)),
        ]);
        const later = `the price that is shown ${seconds(env, TTL)} s after it was cached`;
        expect(detail, later, await readProduct(http, product, { note })).toBe(price);
        expect(listed, `${later} in a list`, await listPage(http, { category }, { note })).toBe(
          price,
        );
      },
    },
  ],
});
