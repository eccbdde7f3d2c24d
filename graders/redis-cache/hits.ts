import { setTimeout as sleep } from 'node:timers/promises';
import { defineStage, expect } from 'backend-labs/kit';
import {
  changePrice,
  createProduct,
  customer,
  givePrice,
  insertProducts,
  instances,
  listPage,
  pathOf,
  readProduct,
  warm,
} from './api.ts';
import { expectAge, maxAgeOf, NEGATIVE_TTL, seconds } from './freshness.ts';
import { newProduct, otherPrice } from './product.ts';
import { CACHE_ASIDE, rfc } from './reading.ts';

const BEHIND = 'after its price was changed by SQL, behind the app’s back';

export default defineStage({
  id: 'hits',
  title: 'Hits and misses',
  world: 'shared',
  checks: [
    {
      id: 'second-read-hits',
      title: 'The first GET is a MISS, the second a HIT, and it is what was cached',
      points: 3,
      needs: ['reads-product'],
      hint: 'Look in Redis first. Where the answer is not there, ask Postgres, store what it says with an expiry, and answer. X-Cache says which of the two it was.',
      reference: CACHE_ASIDE,
      run: async ({ http, sql, random }) => {
        const product = newProduct(random);
        await insertProducts(sql, [product]);
        const first = await readProduct(http, product);
        expect(first).toHaveHeader('X-Cache', 'MISS');
        const second = await warm(http, pathOf(product));
        expect(second.json, 'the body', second).toBe(first.json);
        await changePrice(sql, product, otherPrice(random, product.price));
        const third = await readProduct(http, product, { note: BEHIND });
        expect(third).toHaveHeader('X-Cache', 'HIT');
        expect(third.json, 'the body of the HIT, as it was cached,', third).toBe(first.json);
      },
    },
    {
      id: 'hits-on-the-other-instance',
      title: 'What one instance has cached is a HIT at the other',
      points: 3,
      needs: ['second-read-hits'],
      hint: 'Cache in Redis, under a key that each instance computes alike. A map in the process is a cache that the other instance does not have.',
      reference: CACHE_ASIDE,
      run: async ({ http, sql, random }) => {
        for (const [reader, other] of [instances(http), instances(http).toReversed()]) {
          const product = newProduct(random);
          await insertProducts(sql, [product]);
          const first = await readProduct(reader!, product);
          await warm(reader!, pathOf(product));
          await changePrice(sql, product, otherPrice(random, product.price));
          const note = 'cached by the other instance';
          const found = await readProduct(other!, product, { note });
          expect(found).toHaveHeader('X-Cache', 'HIT');
          expect(found.json, 'the body of the HIT, as it was cached,', found).toBe(first.json);
        }
      },
    },
    {
      id: 'hit-equals-miss',
      title: 'A HIT is the same answer as the MISS: type, Vary, and every character',
      points: 1,
      needs: ['second-read-hits'],
      hint: 'Store what you would answer, and send it through the same code. Texts are UTF-8 on their way to Redis and back.',
      reference: rfc(9111, '4', 'Constructing Responses from Caches'),
      run: async ({ http, random }) => {
        const name = `“${random.title()}” \\n ${String.fromCodePoint(0x1f600)} é — ${'ü'.repeat(random.integer(1, 9))}`;
        const product = await createProduct(http, random, { name, description: `${name} %s $1` });
        const [web1, web2] = instances(http);
        const miss = await readProduct(web1, product);
        const hit = await warm(web2, pathOf(product));
        expect(hit.json, 'the body', hit).toBe(miss.json);
        expect(hit).toHaveJson({ name });
        for (const header of ['Content-Type', 'Vary', 'Cache-Control'])
          expect(hit.header(header), header, hit).toBe(miss.header(header));
      },
    },
    {
      id: 'caches-404s',
      title: 'That there is no such product is cached too, but not for longer than it may be',
      points: 2,
      needs: ['hits-on-the-other-instance'],
      hint: 'Store a mark for “there is none”, with CACHE_NEGATIVE_TTL_SECONDS, or whoever asks for what does not exist always reaches Postgres. Mind that null out of the cache is then an answer, and not a miss.',
      reference: rfc(9110, '15.5.5', '404 Not Found'),
      run: async ({ http, sql, random, env }) => {
        const life = 1_000 * seconds(env, NEGATIVE_TTL);
        const product = newProduct(random);
        const [web1, web2] = instances(http);
        const miss = await web1.get(pathOf(product));
        expect(miss).toBeProblem(404);
        expect(miss).toHaveHeader('X-Cache', 'MISS');
        const hit = await web2.get(pathOf(product), { note: 'again, at the other instance' });
        expect(hit).toBeProblem(404);
        // On a machine that takes seconds for this, the life may be over.
        const took = hit.exchange.startedAt + hit.exchange.durationMs - miss.exchange.startedAt;
        if (took < life) expect(hit).toHaveHeader('X-Cache', 'HIT');
        await insertProducts(sql, [product]);
        await sleep(life + 50);
        const note = `${seconds(env, NEGATIVE_TTL)} s later, after SQL has inserted it`;
        const found = await web2.get(pathOf(product), { note });
        expect(found).toHaveStatus(200);
        expect(await readProduct(web1, product, { note })).toHaveJson(product);
      },
    },
    {
      id: 'age-tells-the-truth',
      title: 'Age grows with the cached answer, and max-age stays as it is',
      points: 2,
      needs: ['hits-on-the-other-instance', 'settings-are-read'],
      hint: 'Age is the time since Postgres was read: keep that moment with the answer, or take it from PTTL and the life that the key was given. The clock of the request does not tell it.',
      reference: rfc(9111, '5.1', 'Age'),
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        const [web1, web2] = instances(http);
        const first = await readProduct(web1, product);
        expectAge(first, first);
        const early = await warm(web2, pathOf(product));
        expectAge(early, first);
        await sleep(random.integer(2_100, 2_900));
        for (const instance of [web1, web2]) {
          const note = 'more than 2 s later';
          const hit = await readProduct(instance, product, { note });
          expect(hit).toHaveHeader('X-Cache', 'HIT');
          expectAge(hit, first);
          expect(maxAgeOf(hit), 'max-age', hit).toBe(maxAgeOf(first));
        }
      },
    },
    {
      id: 'customers-have-their-own-keys',
      title: 'No customer is answered with another one’s price',
      points: 2,
      needs: ['customers-have-prices', 'second-read-hits'],
      hint: 'All that an answer depends on belongs into its key: the customer too, and that there is none.',
      reference: rfc(9111, '4.1', 'Calculating Cache Keys with the Vary Header Field'),
      run: async ({ http, sql, random }) => {
        const product = await createProduct(http, random);
        // Some are what a program may write where there is no customer.
        const placeholders = [
          'anonymous',
          'null',
          'undefined',
          'None',
          'everybody',
          'public',
          '-',
          '*',
          'all',
          'guest',
          'default',
          '_',
        ];
        const word = random.word(10);
        const names = [word, word.toUpperCase(), ...placeholders];
        const prices = names.map((_, i) => product.price + 1 + i);
        for (const [i, name] of names.entries()) await givePrice(sql, name, product, prices[i]!);
        const everybody = await warm(http, pathOf(product));
        expect(everybody).toHaveJson({ price: product.price });
        for (const [i, name] of names.entries()) {
          const instance = instances(http)[i % 2]!;
          const headers = customer(name);
          const found = await readProduct(instance, product, {
            headers,
            note: 'a customer with a price',
          });
          expect(found).toHaveJson({ price: prices[i] });
          const page = await listPage(instance, { category: product.category }, { headers });
          expect(page.json.items[0]?.price, 'the price in the list', page).toBe(prices[i]);
        }
        const note = 'without X-Customer, after customers asked';
        expect(await readProduct(http, product, { note })).toHaveJson({ price: product.price });
        const page = await listPage(http, { category: product.category }, { note });
        expect(page.json.items[0]?.price, 'the price in the list', page).toBe(product.price);
      },
    },
    {
      id: 'customer-answers-are-private',
      title: 'An answer to a customer is `private`',
      points: 1,
      needs: ['customers-have-prices', 'settings-are-read', 'second-read-hits'],
      hint: 'Say `Cache-Control: private, max-age=…` where X-Customer was sent, or a shared cache on the way may hand one customer’s prices to another.',
      reference: rfc(9111, '5.2.2.7', 'private'),
      run: async ({ http, random }) => {
        const product = await createProduct(http, random);
        const headers = customer(random.word());
        const answers = [
          await readProduct(http, product, { headers }),
          await warm(http, pathOf(product), { headers }),
          await listPage(http, { category: product.category }, { headers }),
        ];
        for (const answer of answers)
          expect(answer).toHaveHeader('Cache-Control', /(^|[ ,])private($|[ ,])/);
        const open = await readProduct(http, product);
        expect(
          open.requiredHeader('Cache-Control'),
          'Cache-Control without X-Customer',
          open,
        ).notToMatch(/private/);
      },
    },
  ],
});
