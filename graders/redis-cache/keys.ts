import { CheckFailure, concurrently, defineStage, expect, type Redis } from 'backend-labs/kit';
import {
  createProduct,
  customer,
  insertProducts,
  instances,
  listPage,
  patchProduct,
  pathOf,
  readProduct,
  warm,
} from './api.ts';
import { expectCommands, expectConsiderate } from './evidence.ts';
import { maxAgeOf, seconds, TTL } from './freshness.ts';
import { servesWhileRedisIsFull } from './full.ts';
import { asStored, newCategory, newProduct, newSku, otherPrice } from './product.ts';
import { CHALLENGES, EXPIRY, KEYSPACE, redisCommand } from './reading.ts';

/** What the contract gives every key at least. */
const LONGEST_S = 60;
/** More than any way to invalidate a product and the lists needs. */
const WRITE_COMMANDS = 30;

export default defineStage({
  id: 'keys',
  title: 'What it leaves in Redis',
  world: 'own',
  env: (random) => ({
    // With the most jitter still above what lives for a minute or two, whatever the settings say.
    CACHE_TTL_SECONDS: String(random.integer(420, 900)),
    CACHE_NEGATIVE_TTL_SECONDS: String(random.integer(20, 40)),
    CACHE_JITTER: String(random.integer(3, 6) / 10),
  }),
  checks: [
    {
      id: 'every-key-expires',
      title: 'Every key has an expiry, and the configured one',
      points: 3,
      needs: ['second-read-hits'],
      hint: 'SET key value PX milliseconds, in one command. Locks, versions, sets of keys and marks for 404 need an expiry as entries do. EX takes seconds, PX milliseconds.',
      reference: EXPIRY,
      run: async ({ http, random, redis, env }) => {
        await useEverything({ http, random });
        const longest = Math.max(LONGEST_S, 2 * seconds(env, TTL));
        const keys = await redis.keys();
        if (keys.length === 0)
          throw new CheckFailure({
            action: '',
            expected: 'keys in the Redis at REDIS_URL after GETs that were cached',
            actual: 'none',
            evidence: [],
          });
        for (const key of keys) {
          const left = await redis.command<number>('PTTL', key);
          // It has ended since SCAN showed it.
          if (left === -2) continue;
          const actual =
            left === -1 ? `${key} has none` : `${key} has ${Math.round(left / 1_000)} s to live`;
          if (left === -1 || left > longest * 1_000)
            throw new CheckFailure({
              action: 'the keys in Redis, after reads and writes',
              expected: `every key to have an expiry of at most ${longest} s`,
              actual,
              evidence: [],
            });
        }
      },
    },
    {
      id: 'entries-live-as-configured',
      title: 'An answer is still cached when the shortest life has not passed',
      points: 1,
      needs: ['every-key-expires'],
      hint: 'The key of an answer must live as long as its max-age says. Seconds taken for milliseconds end a thousand times too early.',
      reference: redisCommand('SET'),
      run: async ({ http, random, redis, env }) => {
        const least = seconds(env, TTL) * (1 - seconds(env, 'CACHE_JITTER'));
        await redis.flush();
        const product = await createProduct(http, random);
        const found = await warm(http, pathOf(product));
        const lives = await livesOf(redis);
        // Less by what it has lived, on a machine as slow as you like.
        const slack = 20;
        if (!lives.some(({ left }) => left >= least - slack && left <= seconds(env, TTL)))
          throw found.failure(
            `a key that lives for another ${Math.floor(least)} to ${seconds(env, TTL)} s`,
            lives.map(({ key, left }) => `${key}: ${left.toFixed(1)} s`).join(', ') || 'no key',
          );
      },
    },
    {
      id: 'lives-are-spread',
      title: 'With jitter, what was cached together does not end together, nor later than it may',
      points: 2,
      needs: ['settings-are-read', 'second-read-hits'],
      hint: 'life = TTL × (1 − CACHE_JITTER × random()), drawn for each answer: it is what max-age says, and what the key gets.',
      reference: CHALLENGES,
      run: async ({ http, sql, random, env }) => {
        const [ttl, jitter] = [seconds(env, TTL), seconds(env, 'CACHE_JITTER')];
        const products = Array.from({ length: 24 }, () => newProduct(random));
        await insertProducts(sql, products);
        const lives: number[] = [];
        for (const product of products) {
          const found = await readProduct(http, product);
          const life = maxAgeOf(found);
          expect(life, `max-age with a jitter of ${jitter}`, found).toBeAtLeast(
            Math.floor(ttl * (1 - jitter)),
          );
          expect(life, `max-age with a jitter of ${jitter}`, found).toBeAtMost(ttl);
          lives.push(life);
        }
        // The chance that 24 even draws lie in half of the range is 24 in 10 million.
        const spread = Math.max(...lives) - Math.min(...lives);
        expect(
          spread,
          'the difference of the longest and the shortest max-age of 24, in seconds,',
        ).toBeAtLeast(Math.floor((ttl * jitter) / 2));
      },
    },
    {
      id: 'writes-are-considerate',
      title:
        'What a write costs in Redis does not grow with what Redis holds, and others’ keys stay',
      points: 2,
      needs: ['patch-shows-everywhere'],
      hint: 'KEYS and SCAN visit every key of a server that is not yours alone, and FLUSHALL removes them. Delete keys that you know by name, or change a version that entries are compared with.',
      reference: redisCommand('KEYS'),
      run: async ({ http, random, redis }) => {
        const product = await createProduct(http, random);
        const others = Array.from({ length: 40 }, (_, i) => `someone-else:${random.word(8)}:${i}`);
        for (const key of others) await redis.command('SET', key, 'theirs');
        await concurrently(4, async (i) => {
          for (let n = 0; n < 10; n += 1) {
            const headers = customer(`${random.word(8)}${i}`);
            await readProduct(http, product, { headers });
            await listPage(http, { category: product.category, page: 1 + i * 10 + n });
          }
        });
        const writes = [
          () => patchProduct(http, product, { price: otherPrice(random, product.price) }),
          () => http.post(`${pathOf(product)}/reviews`, { json: { rating: 5 } }),
          () => http.delete(pathOf(product)),
        ];
        for (const write of writes) {
          const { result, commands } = await redis.during(write);
          const action = `${result.exchange.method} ${pathOf(product)}, with 80 answers cached`;
          expectConsiderate(commands, action);
          expectCommands(commands, WRITE_COMMANDS, action);
        }
        expectConsiderate(redis.commands(), 'reads and writes of products');
        const left = await redis.command<number>('EXISTS', ...others);
        expect(left, 'keys of others that are still there, of 40,').toBe(40);
        for (const key of others) await redis.command('DEL', key);
      },
    },
    {
      id: 'refused-queries-leave-no-keys',
      title: 'What is answered 400 leaves nothing in Redis',
      points: 1,
      needs: ['errors-are-problems', 'every-key-expires'],
      hint: 'Check the request before you make a key from it, or anybody can fill the memory of Redis with ?x=1, ?x=2, …',
      reference: KEYSPACE,
      run: async ({ http, random, redis }) => {
        const size = async () => (await redis.keys()).length;
        const before = await size();
        for (let i = 0; i < 15; i += 1) {
          for (const query of [
            { [random.word()]: i },
            { page: 1_001 + i },
            { sort: random.word() },
            { category: `${random.word(41)}` },
          ])
            expect(await http.get('/products', { query })).toHaveStatus(400);
          expect(await http.get(`/products/${random.word(6)}_`)).toHaveStatus(400, 404);
        }
        // Redis may have ended some meanwhile.
        expect((await size()) - before, 'keys that they left in Redis').toBeAtMost(0);
      },
    },
    {
      id: 'rubbish-is-replaced',
      title: 'Rubbish under a key is ignored and replaced',
      points: 3,
      needs: ['hits-on-the-other-instance', 'lists-products'],
      timeoutMs: 40_000,
      hint: 'Parse in a try, look whether it has the shape that you write, and treat everything else as a MISS. A key of another type answers WRONGTYPE: delete it.',
      reference: redisCommand('TYPE'),
      run: async ({ http, random, redis }) => {
        const product = await createProduct(http, random);
        const { category } = product;
        const list = `/products?category=${encodeURIComponent(category)}`;
        const headers = customer(random.word());
        const ask = async (instance: typeof http, note: string) => {
          expect(await readProduct(instance, product, { note })).toHaveJson(asStored(product));
          expect(await readProduct(instance, product, { note, headers })).toHaveJson(
            asStored(product),
          );
          const page = await instance.get(list, { note });
          expect(page).toHaveStatus(200);
          expect(page.json.items[0]?.sku, 'the first sku', page).toBe(product.sku);
        };
        const kinds: [what: string, spoil: (key: string) => Promise<unknown>][] = [
          ['no JSON', (key) => redis.command('SET', key, '{"sku":', 'KEEPTTL')],
          ['an empty text', (key) => redis.command('SET', key, '', 'KEEPTTL')],
          [
            'random bytes',
            (key) =>
              redis.command('SET', key, Buffer.from([0x80, 0xff, 0, 0x1f, 0x8b, 8]), 'KEEPTTL'),
          ],
          ['JSON of another shape', (key) => redis.command('SET', key, '{"a":1}', 'KEEPTTL')],
          [
            'JSON that is no object',
            (key) => redis.command('SET', key, random.pick(['null', '42', '[]', '"x"']), 'KEEPTTL'),
          ],
          [
            'a list',
            async (key) => {
              await redis.command('DEL', key);
              await redis.command('RPUSH', key, 'x');
              await redis.command('PEXPIRE', key, 30_000);
            },
          ],
        ];
        for (const [what, spoil] of kinds) {
          for (const instance of instances(http)) await ask(instance, 'to have it cached');
          for (const key of await redis.keys()) await spoil(key);
          for (const instance of instances(http))
            await ask(instance, `after every key in Redis was made ${what}`);
          const note = `the second GET after every key in Redis was made ${what}`;
          await warm(http, pathOf(product), { note });
          await warm(http.to('web.2'), list, { note });
        }
      },
    },
    servesWhileRedisIsFull,
  ],
});

async function useEverything({
  http,
  random,
}: {
  http: Parameters<typeof createProduct>[0];
  random: Parameters<typeof createProduct>[1];
}): Promise<void> {
  const product = await createProduct(http, random);
  for (const instance of instances(http)) {
    await readProduct(instance, product);
    await warm(instance, pathOf(product));
    await readProduct(instance, product, { headers: customer(random.word()) });
    await listPage(instance, { category: product.category });
    await listPage(instance, { category: newCategory(random), sort: 'price' });
    await instance.get(pathOf({ sku: newSku(random) }));
    await patchProduct(instance, product, { price: otherPrice(random, product.price) });
    await readProduct(instance, product);
  }
  await http.post(`${pathOf(product)}/reviews`, { json: { rating: 3 } });
  const gone = await createProduct(http, random);
  await readProduct(http, gone);
  await http.delete(pathOf(gone));
  await concurrently(6, (i) => readProduct(instances(http)[i % 2]!, product));
}

async function livesOf(redis: Redis): Promise<{ key: string; left: number }[]> {
  const lives = [];
  for (const key of await redis.keys())
    lives.push({ key, left: (await redis.command<number>('PTTL', key)) / 1_000 });
  return lives;
}
