import { setTimeout as sleep } from 'node:timers/promises';
import {
  attempt,
  concurrently,
  defineStage,
  expect,
  expectCleanExit,
  type Http,
  type OwnContext,
  untilInTime,
} from 'backend-labs/kit';
import {
  createProduct,
  insertProducts,
  instances,
  listPage,
  patchProduct,
  pathOf,
  readProduct,
  skusOf,
  warm,
} from './api.ts';
import { asStored, newProduct, otherPrice } from './product.ts';
import { CHALLENGES, TIMEOUTS, twelveFactor } from './reading.ts';
import { beginReading } from './slow.ts';
import { expectCaching, RECOVERY_MS, room, steady, surviving } from './steady.ts';

const TIMEOUT = 'CACHE_TIMEOUT_MS';

/** How long a request may wait for Redis, in milliseconds, and a round number. */
const waitFor = (env: OwnContext['env']): number => Math.ceil(Number(env[TIMEOUT]) / 100) * 100;

/** What the contract gives the app between SIGTERM and its end. */
const STOP_MS = 5_000;

/** How far Redis is from web.1 where writes are to be told in time, and how soon after one its readers must have looked. */
const AWAY_MS = 200;
const LOOK_MS = 120;

export default defineStage({
  id: 'outages',
  title: 'Redis goes away, and comes back',
  world: 'own',
  // A write whose invalidation got lost may show for as long: no check here waits for that.
  env: (random) => ({
    CACHE_TTL_SECONDS: '60',
    CACHE_TIMEOUT_MS: String(random.integer(600, 800)),
  }),
  checks: [
    {
      id: 'serves-without-redis',
      title: 'While Redis refuses connections, everything works from Postgres',
      points: 4,
      needs: ['hits-on-the-other-instance', 'changes-products', 'answers-health', 'lists-products'],
      timeoutMs: 40_000,
      hint: 'An error of the cache is a reason to ask Postgres, not to fail. Listen to the client’s error event, and let commands fail at once while there is no connection, rather than wait in a queue.',
      reference: twelveFactor('backing-services', 'Backing services'),
      run: async (context) => {
        await steady(context);
        const { redis, app } = context;
        const within = waitFor(context.env) + (await room(context.http));
        redis.cut();
        await surviving(app, () => expectService(context, within, 'while Redis is cut off'));
      },
    },
    {
      id: 'resumes-after-a-cut',
      title: 'Once Redis is back, caching resumes without a restart',
      points: 2,
      needs: ['serves-without-redis'],
      timeoutMs: 40_000,
      hint: 'Let the client try to connect again for ever, with a short and bounded pause. A retry strategy that gives up, or one that waits longer and longer, does not come back.',
      reference: TIMEOUTS,
      run: async (context) => {
        await steady(context);
        const { http, redis, app } = context;
        const product = await createProduct(http, context.random);
        const more = await room(http);
        redis.cut();
        await surviving(app, () =>
          concurrently(20, (i) =>
            readProduct(instances(http)[i % 2]!, product, { note: 'while Redis is cut off' }),
          ),
        );
        // Long enough for many attempts to connect.
        await sleep(1_200, undefined, { signal: context.signal });
        await redis.restore();
        await expectCaching(context, RECOVERY_MS + more, 'now that Redis is back');
      },
    },
    {
      id: 'serves-while-redis-is-silent',
      title:
        'While Redis accepts commands and says nothing, no request waits for longer than it may',
      points: 4,
      needs: ['serves-without-redis'],
      timeoutMs: 40_000,
      hint: 'Nothing fails here, so nothing ends unless you do it: give up on Redis after CACHE_TIMEOUT_MS, for all commands of a request together, and ask Postgres.',
      reference: TIMEOUTS,
      run: async (context) => {
        await steady(context);
        const { redis, app } = context;
        const within = waitFor(context.env) + 2 * (await room(context.http));
        redis.blackhole();
        const note = `while Redis is silent; CACHE_TIMEOUT_MS is ${context.env[TIMEOUT]}`;
        await surviving(app, () => expectService(context, within, note));
      },
    },
    {
      id: 'burst-while-redis-is-silent',
      title: 'Many requests at once wait for a silent Redis no longer than one does',
      points: 2,
      needs: ['serves-while-redis-is-silent'],
      timeoutMs: 40_000,
      hint: 'Look for a queue: a lock that is asked of Redis, one after another; a pool of connections whose places are all held by commands that nobody answers.',
      reference: TIMEOUTS,
      run: async (context) => {
        await steady(context);
        const { http, random, redis, app } = context;
        const products = [await createProduct(http, random), await createProduct(http, random)];
        const within = waitFor(context.env) + 2 * (await room(http));
        redis.blackhole();
        await surviving(app, () =>
          concurrently(60, async (i) => {
            const note = 'one of 60 at once, while Redis is silent';
            const found = await readProduct(
              instances(http)[i % 2]!,
              products[i % 3 === 0 ? 1 : 0]!,
              { note, timeoutMs: within },
            );
            expect(found).toHaveHeader('X-Cache', 'BYPASS');
          }),
        );
      },
    },
    {
      id: 'resumes-after-silence',
      title: 'Once Redis speaks again, caching resumes without a restart',
      points: 2,
      needs: ['serves-while-redis-is-silent', 'burst-while-redis-is-silent'],
      timeoutMs: 40_000,
      hint: 'A connection that says nothing is dead: close it and open another. A breaker that opens must close again.',
      reference: TIMEOUTS,
      run: async (context) => {
        await steady(context);
        const { http, redis } = context;
        const product = await createProduct(http, context.random);
        const more = await room(http);
        redis.blackhole();
        const note = 'while Redis is silent';
        const timeoutMs = waitFor(context.env) + 2 * more;
        await concurrently(20, (i) =>
          readProduct(instances(http)[i % 2]!, product, { note, timeoutMs }),
        );
        await redis.restore();
        await expectCaching(context, RECOVERY_MS + more, 'now that Redis speaks again');
      },
    },
    {
      id: 'cut-off-instance-is-not-stale',
      title: 'An instance that alone is cut off from Redis shows what others write',
      points: 2,
      needs: ['serves-without-redis', 'patch-shows-everywhere'],
      timeoutMs: 40_000,
      hint: 'Without Redis, ask Postgres each time. A copy in the process’s own memory does not hear of the others’ writes.',
      reference: CHALLENGES,
      run: async (context) => {
        await steady(context);
        const { http, random, redis, app } = context;
        const [web1, web2] = instances(http);
        const product = await createProduct(http, random);
        const timeoutMs = waitFor(context.env) + (await room(http));
        for (const one of [web1, web2]) await warm(one, pathOf(product));
        redis.of('web.2').cut();
        await surviving(app, async () => {
          let { price } = product;
          for (let round = 0; round < 3; round += 1) {
            const note = 'web.2 alone is cut off from Redis';
            expect(await readProduct(web2, product, { note, timeoutMs })).toHaveJson({ price });
            price = otherPrice(random, price);
            await patchProduct(web1, product, { price });
            expect(await readProduct(web2, product, { note, timeoutMs })).toHaveJson({ price });
            expect(await readProduct(web1, product, { note })).toHaveJson({ price });
          }
        });
      },
    },
    {
      id: 'invalidates-before-answering',
      title: 'A write is answered after Redis has been told, however slow that is',
      points: 3,
      needs: [
        'patch-shows-everywhere',
        'serves-without-redis',
        'lists-products',
        'patch-shows-in-lists',
      ],
      timeoutMs: 40_000,
      hint: 'Wait for the reply to the invalidation (up to CACHE_TIMEOUT_MS) before you answer. Sent off without waiting, it arrives after the client’s next GET.',
      reference: CHALLENGES,
      run: async (context) => {
        await steady(context);
        const { http, random, redis, env } = context;
        const [web1, web2] = instances(http);
        // Longer than a GET, even on a busy machine, and well below CACHE_TIMEOUT_MS. Replies are not late: all of
        // it is time in which Redis does not know of the write yet.
        redis.of('web.1').delay(AWAY_MS, { only: 'upstream' });
        const patchAndLook = async () => {
          const product = await createProduct(web2, random);
          const { category } = product;
          const price = otherPrice(random, product.price);
          await warm(web2, pathOf(product));
          await listPage(web2, { category });
          const before = `Redis is ${AWAY_MS} ms away from web.1`;
          const patched = await patchProduct(web1, product, { price }, before);
          const answered = performance.now();
          const note = 'right after the PATCH at web.1';
          const [found, page] = await Promise.all([
            readProduct(web2, product, { note }),
            listPage(web2, { category }, { note }),
          ]);
          // Where Redis took longer than the app may wait, it need not have heard of the write.
          const told = patched.exchange.durationMs < Number(env[TIMEOUT]);
          if (told) {
            expect(found).toHaveJson({ price });
            expect(page.json.items[0]?.price, 'the price in the list', page).toBe(price);
          }
          // Later an invalidation that nobody waited for has arrived too.
          return told && performance.now() - answered < LOOK_MS;
        };
        for (let round = 0; round < 2; round += 1) await untilInTime(patchAndLook);
      },
    },
    {
      id: 'starts-without-redis',
      title: 'The app starts while Redis is away, and caches once it is there',
      points: 2,
      needs: ['serves-without-redis'],
      timeoutMs: 60_000,
      hint: 'Do not wait for Redis before you listen, and do not exit when the first connection fails.',
      reference: twelveFactor('disposability', 'Disposability'),
      run: async (context) => {
        await steady(context);
        const { http, random, redis, app } = context;
        const more = await room(http);
        redis.cut();
        const process = app.process('web.2');
        await process.kill();
        await process.start();
        await surviving(app, () => createProduct(http.to('web.2'), random));
        await redis.restore();
        await expectCaching(context, RECOVERY_MS + more, 'now that Redis is there');
      },
    },
    {
      id: 'stops-in-time',
      title:
        'On SIGTERM the app answers what is in flight and exits with code 0, although Redis is silent',
      points: 3,
      needs: ['serves-while-redis-is-silent'],
      timeoutMs: 60_000,
      hint: 'Stop listening, let the requests in flight end, close Postgres, and drop the connection to Redis (disconnect, destroy): QUIT waits for an answer that does not come.',
      reference: twelveFactor('disposability', 'Disposability'),
      run: async (context) => {
        await steady(context);
        const { http, sql, random, redis, app } = context;
        const bound = STOP_MS + (await room(http));
        redis.blackhole();
        const { product, reading } = await untilInTime(async () => {
          const product = newProduct(random);
          await insertProducts(sql, [product]);
          const note = 'in flight when SIGTERM comes';
          const { reading, ended } = await beginReading(sql, product.sku, 1_000, () =>
            readProduct(http, product, { note }),
          );
          return { product, reading, inTime: !ended() };
        });
        const sent = attempt(() => reading);
        const [exit, answer] = await Promise.all([app.web.terminate(bound), sent]);
        if (answer.failure !== undefined) throw answer.failure;
        expect(answer.value).toHaveJson(asStored(product));
        expectCleanExit(app.web, exit, {
          within: '5 s',
          boundMs: bound,
          note: 'while Redis is silent',
        });
      },
    },
  ],
});

/** Each operation, at each instance, in time and right; and answers say that Redis was not asked. */
async function expectService(
  { http, random }: OwnContext,
  withinMs: number,
  note: string,
): Promise<void> {
  const options = { note, timeoutMs: withinMs };
  const serve = async (instance: Http, other: Http) => {
    const product = newProduct(random);
    const { category } = product;
    const missing = await instance.get(pathOf(product), options);
    expect(missing).toBeProblem(404);
    expect(await instance.post('/products', { json: product, ...options })).toHaveStatus(201);
    const price = otherPrice(random, product.price);
    for (const reader of [instance, other, instance]) {
      const found = await readProduct(reader, product, options);
      expect(found).toHaveJson(asStored(product));
      expect(found).toHaveHeader('X-Cache', 'BYPASS');
      expect(found).toHaveHeader('Cache-Control', /(^|[ ,])no-store($|[ ,])/);
    }
    const page = await listPage(instance, { category }, options);
    expect(skusOf(page), 'the skus of its category', page).toBe([product.sku]);
    expect(page).toHaveHeader('X-Cache', 'BYPASS');
    expect(await instance.patch(pathOf(product), { json: { price }, ...options })).toHaveStatus(
      200,
    );
    expect(await readProduct(other, product, options)).toHaveJson({ price });
    const review = { json: { rating: 4 }, ...options };
    expect(await instance.post(`${pathOf(product)}/reviews`, review)).toHaveStatus(201);
    expect(await instance.delete(pathOf(product), options)).toHaveStatus(204);
    expect(await instance.get(pathOf(product), options)).toHaveStatus(404);
    expect(await instance.get('/healthz', options)).toHaveStatus(200);
  };
  const [web1, web2] = instances(http);
  await concurrently(2, (i) => (i === 0 ? serve(web1, web2) : serve(web2, web1)));
}
