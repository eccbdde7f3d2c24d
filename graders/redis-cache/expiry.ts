import { setTimeout as sleep } from 'node:timers/promises';
import {
  CheckFailure,
  concurrently,
  defineStage,
  expect,
  type Redis,
  untilInTime,
} from 'backend-labs/kit';
import {
  changePrice,
  createProduct,
  insertProducts,
  instances,
  listPage,
  readProduct,
} from './api.ts';
import { answeredAt, seconds, sentAt, TTL } from './freshness.ts';
import { newProduct, otherPrice } from './product.ts';
import { EXPIRY } from './reading.ts';

/** How many lives of answers the size of keys is followed. */
const LIVES = 4;
/** Answers differ by as much in size. */
const SMALL_BYTES = 500;

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
        await untilInTime(async () => {
          let rested = false;
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
            for (let last = from; ; ) {
              const { shown, sentAt } = await read();
              // What a HIT prolongs has ended in a rest as long as a life.
              if (sentAt - last > 0.8 * ttl) rested = true;
              if (shown === price || sentAt > from + ttl) return shown;
              last = sentAt;
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
          return !rested;
        });
      },
    },
    {
      id: 'keys-do-not-grow',
      title: 'No key in Redis grows from one life of the answers to the next',
      points: 2,
      needs: ['second-read-hits', 'lists-products'],
      timeoutMs: 60_000,
      hint: 'A set or a list of all keys, whose expiry each answer renews, never ends while there are requests. What you know about an answer belongs under a key of its own, with the same life.',
      reference: EXPIRY,
      run: async ({ http, sql, random, env, redis, signal }) => {
        const ttl = 1_000 * seconds(env, TTL);
        await redis.flush();
        const largest: LargestKey[] = [];
        for (let life = 0; life < LIVES; life += 1) {
          const from = performance.now();
          const products = Array.from({ length: 40 }, () => newProduct(random));
          await insertProducts(sql, products);
          await concurrently(4, async (i) => {
            for (const product of products.slice(10 * i, 10 * i + 10)) {
              await readProduct(instances(http)[i % 2]!, product);
              await listPage(instances(http)[i % 2]!, { category: product.category });
            }
          });
          largest.push(await largestKey(redis));
          // What was answered is over by then, but no index is that later answers have renewed.
          if (life < LIVES - 1)
            await sleep(Math.max(0, from + ttl + 100 - performance.now()), undefined, { signal });
        }
        const [first, last] = [largest[0]!, largest.at(-1)!];
        if (last.bytes <= 2 * first.bytes + SMALL_BYTES) return;
        throw new CheckFailure({
          action: `GET 40 new products and their lists, ${LIVES} times, ${seconds(env, TTL)} s (one life) apart`,
          expected: `no key much larger after the last time than any was after the first: ${first.bytes} bytes`,
          actual: `${last.key} has ${last.bytes} bytes (${last.type})`,
          evidence: [],
        });
      },
    },
  ],
});

interface LargestKey {
  key: string;
  type: string;
  bytes: number;
}

/** By what Redis says that it takes, with all its members. */
async function largestKey(redis: Redis): Promise<LargestKey> {
  let largest: LargestKey = { key: 'no key', type: 'none', bytes: 0 };
  for (const key of await redis.keys()) {
    const bytes = await redis.command<number | null>('MEMORY', 'USAGE', key, 'SAMPLES', 0);
    if (bytes !== null && bytes > largest.bytes)
      largest = { key, bytes, type: await redis.command('TYPE', key) };
  }
  return largest;
}
