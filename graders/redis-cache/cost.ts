import {
  concurrently,
  defineStage,
  eventually,
  expect,
  type OwnContext,
  untilInTime,
} from 'backend-labs/kit';
import {
  createProduct,
  expectNoLate503,
  insertProducts,
  instances,
  listPage,
  patchProduct,
  pathOf,
  readProduct,
  warm,
} from './api.ts';
import { expectStatements } from './evidence.ts';
import { asStored, newProduct, newSku, otherPrice } from './product.ts';
import { CACHE_ASIDE, CHALLENGES, LEASES, redisCommand, rfc } from './reading.ts';
import { beginReading, slowDown, speedUp } from './slow.ts';
import { expectUnavailable } from './steady.ts';

export default defineStage({
  id: 'cost',
  title: 'What it costs Postgres',
  world: 'own',
  // A 404 is to be there as long as a check looks at it.
  env: { CACHE_NEGATIVE_TTL_SECONDS: '30' },
  checks: [
    {
      id: 'hits-run-no-sql',
      title: 'A HIT runs no SQL, at either instance',
      points: 3,
      needs: ['hits-on-the-other-instance', 'caches-404s'],
      hint: 'Answer what Redis holds as it is. Whoever asks Postgres whether it is still true has saved nothing.',
      reference: CACHE_ASIDE,
      run: async ({ http, random, postgres }) => {
        const product = await createProduct(http, random);
        const nobody = { sku: newSku(random) };
        const paths = [pathOf(product), pathOf(nobody)];
        for (const path of paths) await warm(http, path);
        const { statements } = await postgres.during(async () => {
          for (const instance of instances(http))
            for (const path of [...paths, ...paths])
              expect(await instance.get(path, { note: 'cached' })).toHaveHeader('X-Cache', 'HIT');
        });
        expectStatements(statements, 0, 'GETs that said X-Cache: HIT');
      },
    },
    {
      id: 'lists-hit',
      title: 'Lists hit too, in whatever order their parameters come',
      points: 2,
      needs: ['hits-run-no-sql', 'lists-products'],
      hint: 'Make the key from the parsed parameters with their defaults, in an order of yours, and not from the query string.',
      reference: rfc(3986, '6.2', 'Comparison Ladder'),
      run: async ({ http, random, postgres }) => {
        const { category } = await createProduct(http, random);
        const encoded = encodeURIComponent(category);
        const path = `/products?category=${encoded}&sort=name&page=1`;
        const first = await listPage(http, { category, sort: 'name', page: 1 });
        await warm(http, path);
        const same = [
          path,
          `/products?page=1&sort=name&category=${encoded}`,
          `/products?sort=name&category=${encoded.replaceAll('%20', '+')}&page=1`,
          `/products?category=${encoded}`,
          `/products?page=1&category=${encoded}`,
        ];
        const { statements } = await postgres.during(async () => {
          for (const instance of instances(http))
            for (const one of same) {
              const page = await instance.get(one, { note: 'the same page as the first' });
              expect(page).toHaveHeader('X-Cache', 'HIT');
              expect(page.json, 'the page', page).toBe(first.json);
            }
        });
        expectStatements(statements, 0, 'GETs of a list that said X-Cache: HIT');
      },
    },
    {
      id: 'empty-redis-is-filled-again',
      title: 'After Redis was emptied, Postgres is asked again, and the answer is the same',
      points: 2,
      needs: ['hits-run-no-sql', 'patch-shows-everywhere'],
      hint: 'Redis holds nothing that cannot be made again. What goes with the entries (versions, locks, sets of keys) goes with them, and its absence is a MISS.',
      reference: redisCommand('FLUSHDB'),
      run: async ({ http, sql, random, postgres, redis }) => {
        const product = newProduct(random);
        await insertProducts(sql, [product]);
        const { category } = product;
        const query = `/products?category=${encodeURIComponent(category)}`;
        const before = [await warm(http, pathOf(product)), await warm(http, query)];
        await redis.flush();
        const { result, statements } = await postgres.during(async () => {
          const note = 'after Redis was emptied';
          return [await http.get(pathOf(product), { note }), await http.get(query, { note })];
        });
        for (const [i, after] of result.entries()) {
          expect(after).toHaveHeader('X-Cache', 'MISS');
          expect(after.json, 'the body', after).toBe(before[i]!.json);
        }
        expect(statements.length, 'the number of SQL statements', result[1]).toBeAtLeast(2);
        const note = 'the second GET after Redis was emptied';
        await warm(http.to('web.2'), pathOf(product), { note });
        await patchProduct(http, product, { price: otherPrice(random, product.price) });
        expect(
          (await readProduct(http.to('web.2'), product)).json.price,
          'the price after a PATCH',
        ).notToBe(product.price);
      },
    },
    {
      id: 'cold-burst-is-one-query',
      title: 'A hundred cold GETs of a product at two instances call the function at most twice',
      points: 4,
      needs: ['hits-run-no-sql', 'readers-share-a-query'],
      hint: 'Whoever comes while the product is being read at this instance waits for that reading. Look for the reading under way after you have looked into Redis: what runs between the two must not let a second one begin.',
      reference: LEASES,
      run: async (context) => {
        await untilInTime(async () => {
          const product = await createProduct(context.http, context.random);
          await expectOneQueryEach(context, pathOf(product), product.sku);
          return true;
        });
      },
    },
    {
      id: 'cold-list-burst-is-one-query',
      title: 'The same for a hundred cold GETs of a list',
      points: 2,
      needs: ['cold-burst-is-one-query', 'lists-hit'],
      hint: 'Send lists through the same code as products.',
      reference: LEASES,
      run: async (context) => {
        await untilInTime(async () => {
          const { category } = await createProduct(context.http, context.random);
          const path = `/products?category=${encodeURIComponent(category)}`;
          await expectOneQueryEach(context, path, category);
          return true;
        });
      },
    },
    {
      id: 'outage-is-not-cached',
      title:
        'Without Postgres, what is cached is served and the rest is 503, and neither is remembered',
      points: 3,
      needs: ['hits-run-no-sql', 'errors-are-problems'],
      timeoutMs: 40_000,
      hint: 'Only answers 200 and 404 go into the cache. A reading that fails leaves the map of readings as one that succeeds does, and whoever waited for it is told.',
      reference: rfc(9110, '15.6.4', '503 Service Unavailable'),
      run: async (context) => {
        const { http, random, sql, postgres } = context;
        const [cached, cold] = [newProduct(random), newProduct(random)];
        await insertProducts(sql, [cached, cold]);
        await warm(http, pathOf(cached));
        postgres.cut();
        try {
          for (const instance of instances(http)) {
            const note = 'cached, while Postgres is cut off';
            expect(await instance.get(pathOf(cached), { note })).toHaveStatus(200);
          }
          await concurrently(10, (i) =>
            expectUnavailable(
              instances(http)[i % 2]!,
              pathOf(cold),
              'not cached, while Postgres is cut off',
            ),
          );
          await expectUnavailable(http, '/products', 'not cached, while Postgres is cut off');
        } finally {
          await postgres.restore();
        }
        for (const instance of instances(http)) {
          const found = await eventuallyServed(instance, pathOf(cold));
          expect(found).toHaveJson(asStored(cold));
        }
        await createProduct(http, random);
      },
    },
    {
      id: 'failed-reading-is-shared-once',
      title: 'Who waits for a reading that breaks is answered, and who comes later reads anew',
      points: 2,
      needs: ['outage-is-not-cached', 'readers-share-a-query'],
      timeoutMs: 40_000,
      hint: 'Remove the reading from your map in a `finally`. A rejected promise that stays there answers for ever.',
      reference: CHALLENGES,
      run: async ({ http, random, sql, postgres }) => {
        const { product, reading } = await untilInTime(async () => {
          const product = newProduct(random);
          await insertProducts(sql, [product]);
          const note = 'Postgres drops the connection while the query runs';
          const { reading, ended } = await beginReading(sql, product.sku, 1_500, () =>
            concurrently(10, () => http.get(pathOf(product), { note })),
          );
          return { product, reading, inTime: !ended() };
        });
        postgres.reset();
        // An app may try once more, and succeed.
        for (const answer of await reading) expect(answer).toHaveStatus(200, 503);
        for (const instance of instances(http)) await eventuallyServed(instance, pathOf(product));
      },
    },
    {
      id: 'death-of-a-reader-blocks-nobody',
      title:
        'After kill -9 of an instance in the middle of a query, the other answers within 5 seconds',
      points: 2,
      needs: ['hits-on-the-other-instance'],
      timeoutMs: 40_000,
      hint: 'A lock without an expiry outlives its holder. SET … NX PX takes lock and expiry in one command, and who waits for a lock waits for a bounded time.',
      reference: redisCommand('SET'),
      run: async ({ http, random, sql, app, signal }) => {
        const { product } = await untilInTime(async () => {
          const product = newProduct(random);
          await insertProducts(sql, [product]);
          const note = 'web.1 is killed meanwhile';
          const { ended } = await beginReading(sql, product.sku, 1_000, () =>
            http.get(pathOf(product), { note }),
          );
          return { product, inTime: !ended() };
        });
        await app.process('web.1').kill();
        const [, other] = instances(http);
        const note = 'after web.1 was killed in the middle of the same query';
        const found = await readProduct(other, product, { note, timeoutMs: 6_500 });
        expect(found).toHaveJson(asStored(product));
        await warm(other, pathOf(product));
        await app.process('web.1').start();
        signal.throwIfAborted();
        await warm(http, pathOf(product), { note: 'after web.1 was started again' });
      },
    },
  ],
});

async function eventuallyServed(instance: OwnContext['http'], path: string) {
  return eventually(
    async () => {
      const found = await instance.get(path, { note: 'now that Postgres is back' });
      expect(found).toHaveStatus(200);
      return found;
    },
    { withinMs: 5_000 },
  );
}

/** Fifty cold GETs at each instance at once; at each they may cost as much SQL as one MISS does. For `untilInTime`. */
async function expectOneQueryEach(
  { http, sql, redis, postgres }: OwnContext,
  path: string,
  target: string,
): Promise<void> {
  const one = await postgres.during(() => http.get(path, { note: 'cold, alone' }));
  expect(one.result).toHaveHeader('X-Cache', 'MISS');
  await redis.flush();
  await slowDown(sql, target, 1_000);
  const { result, statements } = await postgres.during(() =>
    concurrently(100, (i) =>
      instances(http)[i % 2]!.get(path, { note: 'cold, one of 100 at once', timeoutMs: 10_000 }),
    ),
  );
  await speedUp(sql, target);
  // First of all: queries that crowd each other out of a pool are 503s.
  const most = 2 * Math.max(1, one.statements.length);
  expectStatements(statements, most, `100 cold GETs of ${path} at once, 50 at each instance`);
  for (const answer of result) {
    expectNoLate503(answer);
    expect(answer).toHaveStatus(200);
    expect(answer.json, 'the body', answer).toBe(one.result.json);
  }
}
