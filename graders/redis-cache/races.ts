import { setTimeout as sleep } from 'node:timers/promises';
import {
  attempt,
  concurrently,
  defineStage,
  expect,
  type Http,
  holdRow,
  PerhapsStalled,
  type Response,
  type SharedContext,
  untilInTime,
} from 'backend-labs/kit';
import { createProduct, instances, patchProduct, pathOf, readProduct, warm } from './api.ts';
import { NEGATIVE_TTL, seconds } from './freshness.ts';
import { newProduct, otherPrice, type Product } from './product.ts';
import { CACHE_ASIDE, CHALLENGES, LEASES } from './reading.ts';
import {
  readingsOf,
  readingUnderWay,
  SLOW_MS,
  slowDown,
  speedUp,
  watchEnd,
  whileReading,
} from './slow.ts';

/**
 * Bursts of reviews of one product, and how many come at once in each. An old value that comes back is hidden again by
 * the next write, so that it is the end of a burst that tells: many short bursts tell more than a long one.
 */
const BURSTS = 30;
const WRITERS = 4;

/** How long a transaction of the grader's holds a row that a PATCH waits for, in milliseconds. */
const HELD_MS = 1_200;

export default defineStage({
  id: 'races',
  title: 'A slow reader and a writer',
  world: 'shared',
  checks: [
    {
      id: 'slow-reader-leaves-nothing-stale',
      title: 'A reader that asked Postgres before a write does not put the old value back after it',
      points: 4,
      needs: ['patch-shows-everywhere'],
      hint: 'DEL before a late SET changes nothing. Note a version of the product before you ask Postgres, and let a stored answer count only while the version is still that; or store it only while a lease is yours that writers take away.',
      reference: LEASES,
      run: async ({ http, sql, random }) => {
        const [web1, web2] = instances(http);
        const race = async (reader: Http, writer: Http) => {
          const product = await createProduct(http, random);
          const price = otherPrice(random, product.price);
          const { read, inTime } = await whileReading(
            sql,
            product.sku,
            SLOW_MS,
            () =>
              readProduct(reader, product, {
                note: `takes ${SLOW_MS} ms; a PATCH comes meanwhile`,
              }),
            () =>
              patchProduct(writer, product, { price }, 'during a slow GET at the other instance'),
          );
          expect([product.price, price], 'the old price and the new').toInclude(read.json.price);
          for (const one of [reader, writer, reader]) {
            const note = 'after both';
            expect(await readProduct(one, product, { note })).toHaveJson({ price });
          }
          return { inTime };
        };
        await untilInTime(() => race(web1, web2));
        await untilInTime(() => race(web2, web1));
      },
    },
    {
      id: 'late-reader-is-not-answered-early',
      title: 'A GET that comes after a write does not get what an older query reads',
      points: 3,
      needs: ['slow-reader-leaves-nothing-stale'],
      hint: 'Sharing one query among those who wait is right until somebody writes: who comes later must begin a query of their own. Make the version a part of the name under which you share.',
      reference: LEASES,
      run: async ({ http, sql, random }) => {
        const [web1, web2] = instances(http);
        const race = async (reader: Http, writer: Http) => {
          const product = await createProduct(http, random);
          const price = otherPrice(random, product.price);
          const late = async () => {
            await patchProduct(writer, product, { price }, 'during a slow GET');
            for (const one of [reader, web2]) {
              const note = 'after the PATCH, while the slow GET is still under way';
              expect(await readProduct(one, product, { note })).toHaveJson({ price });
            }
          };
          const note = `takes ${SLOW_MS} ms`;
          const { inTime } = await whileReading(
            sql,
            product.sku,
            SLOW_MS,
            () => readProduct(reader, product, { note }),
            late,
          );
          const after = await readProduct(reader, product, { note: 'after all' });
          expect(after).toHaveJson({ price });
          return { inTime };
        };
        await untilInTime(() => race(web1, web2));
        await untilInTime(() => race(web1, web1));
      },
    },
    {
      id: 'slow-reader-of-nothing',
      title: 'Creating and deleting race with slow readers as changing does',
      points: 2,
      needs: [
        'slow-reader-leaves-nothing-stale',
        'creation-shows-everywhere',
        'delete-shows-everywhere',
      ],
      hint: 'A version belongs to a sku, not to a row: it is there while no product is, and it changes when one comes and when one goes.',
      reference: LEASES,
      run: async ({ http, sql, random, env }) => {
        const [web1, web2] = instances(http);
        const note = 'after both';
        const life = 1_000 * seconds(env, NEGATIVE_TTL);
        const creation = async () => {
          const product = newProduct(random);
          const begin = performance.now();
          const create = () => web2.post('/products', { json: product });
          const read = () => web1.get(pathOf(product), { note: `takes ${SLOW_MS} ms` });
          const racing = await whileReading(sql, product.sku, SLOW_MS, read, create);
          expect(racing.result).toHaveStatus(201);
          for (const one of [web1, web2]) await readProduct(one, product, { note });
          // A 404 that was put back shows as long as it lives.
          return { inTime: racing.inTime && performance.now() - begin < life };
        };
        const deletion = async () => {
          const product = await createProduct(http, random);
          const remove = () => web2.delete(pathOf(product));
          const read = () => web1.get(pathOf(product), { note: `takes ${SLOW_MS} ms` });
          const racing = await whileReading(sql, product.sku, SLOW_MS, read, remove);
          expect(racing.result).toHaveStatus(204);
          for (const one of [web1, web2])
            expect(await one.get(pathOf(product), { note })).toHaveStatus(404);
          return racing;
        };
        await concurrently(2, (i) => untilInTime(i === 0 ? creation : deletion));
      },
    },
    {
      id: 'uncommitted-writes-do-not-show',
      title: 'A write shows once it is committed: not before, and then for good',
      points: 3,
      needs: ['patch-shows-everywhere'],
      hint: 'Commit, then invalidate, then answer. Invalidated before the commit, the cache is filled once more with the old row; written into the cache before the commit, it may tell of what never happens.',
      reference: CACHE_ASIDE,
      run: async ({ http, sql, random }) => {
        const [web1, web2] = instances(http);
        await untilInTime(async () => {
          const product = await createProduct(http, random);
          for (const reader of [web1, web2]) await warm(reader, pathOf(product));
          const price = otherPrice(random, product.price);
          const row = { table: 'products', column: 'sku', value: product.sku };
          // Until then at least: it is held from a moment after this one.
          const held = performance.now() + HELD_MS;
          const { released, someoneWaits } = await holdRow(sql, row, HELD_MS);
          const patch = patchProduct(web1, product, { price }, 'waits for the lock of its row');
          // Judged below, but it may fail before that.
          patch.catch(() => {});
          const { failure } = await attempt(() => someoneWaits({ withinMs: HELD_MS }));
          const before: Response<Product>[] = [];
          const readers = [web2, web1, web2];
          try {
            for (const reader of readers) {
              const note = 'while the PATCH waits for the lock of its row';
              const found = await readProduct(reader, product, { note });
              if (performance.now() < held) before.push(found);
            }
          } finally {
            await released;
          }
          await patch;
          if (failure !== undefined) throw new PerhapsStalled(failure);
          for (const found of before) expect(found).toHaveJson({ price: product.price });
          for (const reader of [web2, web1]) {
            const note = 'after the PATCH was answered';
            expect(await readProduct(reader, product, { note })).toHaveJson({ price });
          }
          return { inTime: before.length === readers.length };
        });
      },
    },
    {
      id: 'readers-share-a-query',
      title: 'Ten readers of one slow product make one query at their instance',
      points: 2,
      needs: ['second-read-hits'],
      hint: 'Keep the promise of a reading that is under way in a map, by its key, and hand it to whoever comes meanwhile. Take it out when it settles, also when it fails.',
      reference: LEASES,
      run: async ({ http, sql, random }) => {
        await untilInTime(async () => {
          const product = await createProduct(http, random);
          await slowDown(sql, product.sku, SLOW_MS);
          const first = readProduct(http, product, { note: `takes ${SLOW_MS} ms` });
          await readingUnderWay(sql, product.sku, first);
          let most = 0;
          const note = 'the same product, while the first GET is under way';
          const others = concurrently(9, () => readProduct(http, product, { note }));
          const ended = watchEnd(others);
          while (!ended()) {
            most = Math.max(most, await readingsOf(sql, product.sku));
            await sleep(10);
          }
          const answers = await others;
          await speedUp(sql, product.sku);
          const one = await first;
          for (const answer of answers) expect(answer.json, 'the body', answer).toBe(one.json);
          expect(most, 'queries of this product at one time', answers[0]).toBeAtMost(1);
          const waited = answers.some((answer) => answer.header('X-Cache') !== 'HIT');
          return { inTime: most > 0 && waited };
        });
      },
    },
    {
      id: 'slow-reading-holds-up-nobody-else',
      title: 'While one product is slow, the others are as fast as ever',
      points: 2,
      needs: ['readers-share-a-query'],
      timeoutMs: 40_000,
      hint: 'Wait for a reading of the same key only. One lock around the cache, or one connection for all queries, makes the slowest product the speed of all.',
      reference: LEASES,
      run: async ({ http, sql, random }) => {
        // An app that waits does so each time; one that does not may be late on a busy machine, and once in
        // time is proof enough.
        await untilInTime(async () => {
          const late = await lateBehindSlow({ http, sql, random });
          if (late === undefined) return true;
          throw new PerhapsStalled(
            late.failure(
              'an answer while the slow product is still read',
              'one only after that, each time',
            ),
          );
        }, 4);
      },
    },
    {
      id: 'reads-never-go-back',
      title:
        'While many write and read at once, no reader sees a value older than one that was answered',
      points: 3,
      needs: [
        'review-shows-everywhere',
        'slow-reader-leaves-nothing-stale',
        'late-reader-is-not-answered-early',
        'uncommitted-writes-do-not-show',
      ],
      hint: 'Look for the moments in which an old value can come back: a SET after the DEL, an invalidation before the commit, two writers of which the slower one has the last word, an instance that shares the result of a query with a request that came after the write.',
      reference: CHALLENGES,
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        const both = instances(http);
        let answered = 0;
        const write = async (writer: Http) => {
          const json = { rating: random.integer(1, 5) };
          const stored = await writer.post(`${pathOf(product)}/reviews`, { json });
          expect(stored).toHaveStatus(201);
          answered += 1;
        };
        for (let burst = 1; burst <= BURSTS; burst += 1) {
          let writing = WRITERS;
          const read = async (reader: Http) => {
            while (writing > 0) {
              const least = answered;
              const note = `when ${least} reviews had been answered`;
              const found = await readProduct(reader, product, { note });
              expect(found.json.reviewCount, 'reviewCount', found).toBeAtLeast(least);
            }
          };
          // Readers find more of what goes back, and hide an old value that is there at the end: they put the new one over it.
          const readers = burst % 3 === 0 ? both : [];
          await concurrently(WRITERS + readers.length, (i) =>
            i < WRITERS
              ? write(both[i % both.length]!).finally(() => {
                  writing -= 1;
                })
              : read(readers[i - WRITERS]!),
          );
          for (const reader of both) {
            const note = `after ${burst * WRITERS} reviews, ${WRITERS} at a time, and with no write under way`;
            const found = await readProduct(reader, product, { note });
            expect(found).toHaveJson({ reviewCount: burst * WRITERS });
          }
        }
      },
    },
  ],
});

/** Asks for other products while one is slow; gives the first answer that came only after the slow one. */
async function lateBehindSlow({
  http,
  sql,
  random,
}: Pick<SharedContext, 'http' | 'sql' | 'random'>): Promise<Response | undefined> {
  const [slow, ...others] = [
    await createProduct(http, random),
    await createProduct(http, random),
    await createProduct(http, random),
  ];
  let over = false;
  // Whether it was read in time is another matter: what counts is how long it took.
  const read = () =>
    http.get(pathOf(slow!), { note: 'takes 1.5 s' }).finally(() => {
      over = true;
    });
  const note = 'another product, meanwhile';
  const { result } = await whileReading(sql, slow!.sku, 1_500, read, async () => {
    for (const product of others) {
      const found = await readProduct(http, product, { note });
      if (over) return found;
    }
    const patched = await patchProduct(http, others[0]!, { price: 1 }, note);
    return over ? patched : undefined;
  });
  return result;
}
