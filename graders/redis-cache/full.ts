import { type Check, expect, type Http, type OwnContext, type Redis } from 'backend-labs/kit';
import {
  createProduct,
  instances,
  listPage,
  patchProduct,
  pathOf,
  readProduct,
  skusOf,
  warm,
} from './api.ts';
import { asStored, newProduct, otherPrice } from './product.ts';
import { EVICTION } from './reading.ts';
import { expectCaching, RECOVERY_MS, room, surviving } from './steady.ts';

/** For a world of its own: it fills the server. */
export const servesWhileRedisIsFull: Check<OwnContext> = {
  id: 'serves-while-redis-is-full',
  title: 'While Redis is full, everything works, and a write still shows at once',
  points: 2,
  needs: ['hits-on-the-other-instance', 'changes-products', 'lists-products'],
  timeoutMs: 40_000,
  hint: 'A full Redis answers “OOM command not allowed” to SET, and still does GET and DEL. What cannot be stored is answered all the same; and invalidate by deleting, which needs no room.',
  reference: EVICTION,
  run: async (context) => {
    const { http, random, redis, app } = context;
    await redis.flush();
    const cached = await createProduct(http, random);
    for (const instance of instances(http)) await warm(instance, pathOf(cached));
    const more = await room(http);
    await withFullRedis(redis, () =>
      surviving(app, async () => {
        for (const instance of instances(http)) await expectEverything(context, instance);
        const price = otherPrice(random, cached.price);
        await patchProduct(http, cached, { price }, NOTE);
        for (const instance of instances(http)) {
          const note = 'cached before, and changed while Redis is full';
          expect(await readProduct(instance, cached, { note })).toHaveJson({ price });
        }
      }),
    );
    await expectCaching(context, RECOVERY_MS + more, 'now that Redis has room');
  },
};

const NOTE = 'while Redis is full';

async function withFullRedis(redis: Redis, action: () => Promise<void>): Promise<void> {
  const [, limit] = await redis.command<[string, string]>('CONFIG', 'GET', 'maxmemory');
  await redis.command('CONFIG', 'SET', 'maxmemory', 1);
  try {
    await action();
  } finally {
    await redis.command('CONFIG', 'SET', 'maxmemory', limit);
  }
}

async function expectEverything({ random }: OwnContext, http: Http): Promise<void> {
  const options = { note: NOTE };
  const product = newProduct(random);
  expect(await http.get(pathOf(product), options)).toBeProblem(404);
  expect(await http.post('/products', { json: product, ...options })).toHaveStatus(201);
  for (let i = 0; i < 2; i += 1) {
    const found = await readProduct(http, product, options);
    expect(found).toHaveJson(asStored(product));
    expect(found).toHaveHeader('X-Cache', /^(MISS|BYPASS)$/);
  }
  const { category } = product;
  const page = await listPage(http, { category }, options);
  expect(skusOf(page), 'the skus of its category', page).toBe([product.sku]);
  expect(await http.delete(pathOf(product), options)).toHaveStatus(204);
  expect(await http.get(pathOf(product), options)).toHaveStatus(404);
}
