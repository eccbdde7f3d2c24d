import { defineStage, expect, untilInTime } from 'backend-labs/kit';
import { burst, type Call, call, newKey } from './calls.ts';
import { expectAtMost, expectLawful } from './history.ts';
import { policiesOf } from './policies.ts';
import { FORWARDED, LIMITERS, rfc } from './reading.ts';
import { exhaust, expectOneBudget } from './refused.ts';

export default defineStage({
  id: 'clients',
  title: 'Tell clients apart, and instances not',
  world: 'shared',
  checks: [
    {
      id: 'keys-are-separate',
      title: 'Each X-Api-Key has a budget of its own',
      points: 2,
      needs: ['limits-strict'],
      hint: 'Put the whole value of X-Api-Key into the key in Redis, as it was sent: no lower case, no cutting, no fixed list of clients.',
      reference: LIMITERS,
      run: async ({ http, random, env }) => {
        const { strict } = policiesOf(env);
        const key = `${newKey(random)}.a:b_C-1`.padEnd(63, 'x');
        await exhaust([http], strict, { key });
        const others = [newKey(random), key.toUpperCase(), `${key}x`, key.slice(0, -1)];
        for (const other of random.shuffle(others)) {
          const note = 'of a new client, after another has used up its budget';
          expectLawful(await burst([http], strict, 2, { key: other, note }), strict);
        }
      },
    },
    {
      id: 'bad-keys-are-400',
      title: 'An X-Api-Key that breaks the pattern is 400',
      points: 1,
      needs: ['serves-routes'],
      hint: 'Compare the header with the pattern of the contract before you use it. An empty key is a bad key, not an absent one.',
      reference: rfc(9110, '15.5.1', '400 Bad Request'),
      run: async ({ http, random }) => {
        const bad = ['', 'x'.repeat(65), 'a b', 'a/b', '*', 'a,b', `${random.word()}?`, '{a}'];
        for (const key of random.shuffle(bad))
          expect(await http.get('/quotes', { headers: { 'x-api-key': key } })).toBeProblem(400);
        const headers = { 'x-api-key': '"quoted"' };
        expect(await http.post('/reports', { headers, json: { title: 'x' } })).toBeProblem(400);
      },
    },
    {
      id: 'address-is-a-client',
      title: 'Requests without a key share the budget of their address, which no key reaches',
      points: 2,
      needs: ['limits-default'],
      hint: 'Without X-Api-Key take the address of the connection. Put what kind of client it is into the key in Redis (`ip:…`, `key:…`), or a key that is spelled like an address uses up that address’ budget.',
      reference: LIMITERS,
      run: async ({ http, env }) => {
        const { byDefault } = policiesOf(env);
        // No other shared check asks for quotes without a key.
        const note = 'without a key, from one address';
        const addresses = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];
        await untilInTime(async () => {
          await exhaust([http, http.to('web.2')], byDefault, { note });
          for (const key of [...addresses, 'undefined', 'null', 'anonymous']) {
            const spelled = 'with a key, after requests without one have used up their budget';
            const { response } = await call(http, byDefault, { key, note: spelled });
            expect(response).toHaveStatus(200);
          }
          const again = 'without a key once more, to see whether the budget is still used up';
          return !(await call(http, byDefault, { note: again })).passed;
        });
      },
    },
    {
      id: 'forged-addresses-count-for-nothing',
      title: 'Without TRUST_PROXY, X-Forwarded-For and its like make no difference',
      points: 3,
      needs: ['limits-strict'],
      hint: 'Anybody can write X-Forwarded-For. Read the address from the connection unless TRUST_PROXY is 1; in many frameworks that is an option which is off by default (`trust proxy`, `trustProxy`, `--forwarded-allow-ips`).',
      reference: FORWARDED,
      run: async ({ http, random, env }) => {
        const { strict } = policiesOf(env);
        const address = () => `203.0.113.${random.integer(1, 254)}`;
        const forgeries = [
          () => ({ 'x-forwarded-for': address() }),
          () => ({ 'x-forwarded-for': `${address()}, ${address()}` }),
          () => ({ 'x-real-ip': address() }),
          () => ({ forwarded: `for=${address()}` }),
          () => ({ 'x-client-ip': address(), 'cf-connecting-ip': address() }),
        ];
        // No other shared check asks for reports without a key.
        const calls: Call[] = [];
        const note = 'without a key, from one address, with a header that names another';
        for (let i = 0; i <= strict.limit; i += 1)
          for (const headers of forgeries)
            calls.push(await call(http, strict, { headers: headers(), note }));
        expectAtMost(calls, strict);
      },
    },
    {
      id: 'instances-share-strict',
      title: 'Under “strict” two instances share one budget',
      points: 3,
      needs: ['limits-strict'],
      hint: 'A counter in the memory of a process counts for that process. Keep it in Redis, which both instances ask.',
      reference: LIMITERS,
      run: async ({ http, random, env }) => {
        const { strict } = policiesOf(env);
        const instances = [http, http.to('web.2')];
        const key = newKey(random);
        const calls: Call[] = [];
        for (let i = 0; i < 2 * strict.limit + 1; i += 1) {
          const note = `request ${i + 1} of one client, to each instance in turn`;
          calls.push(await call(instances[i % 2]!, strict, { key, note }));
          expectLawful(calls, strict);
        }
      },
    },
    {
      id: 'instances-share-default',
      title: 'Under “default” two instances share one budget',
      points: 2,
      needs: ['limits-default'],
      hint: 'Both policies keep their counts in Redis. What one instance lets through, the other has to know before its next answer.',
      reference: LIMITERS,
      run: async ({ http, random, env, signal }) => {
        const { byDefault } = policiesOf(env);
        const other = http.to('web.2');
        await expectOneBudget(
          byDefault,
          { random, signal },
          {
            what: 'the other instance has used up the client’s budget',
            useUp: (key) => exhaust([http], byDefault, { key }),
            ask: (key, note) => burst([other], byDefault, byDefault.limit, { key, note }),
          },
        );
      },
    },
  ],
});
