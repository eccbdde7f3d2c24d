import { defineStage, expect } from 'backend-labs/kit';
import { ask, burst, type Call, call } from './calls.ts';
import { expectLawful } from './history.ts';
import { policiesOf } from './policies.ts';
import { FORWARDED, rfc } from './reading.ts';

export default defineStage({
  id: 'proxy',
  title: 'Behind a proxy (TRUST_PROXY=1)',
  world: 'own',
  env: { TRUST_PROXY: '1' },
  checks: [
    {
      id: 'trusts-the-last-hop',
      title: 'With TRUST_PROXY=1 the client is the right-most address in X-Forwarded-For',
      points: 3,
      needs: ['limits-strict'],
      hint: 'The proxy appends the address that it saw, so that the last one is true; all before it were there when the request came. Trust one hop (`trust proxy: 1`), not all of them: that takes the left-most, which the client writes.',
      reference: FORWARDED,
      run: async ({ http, random, env }) => {
        const { strict } = policiesOf(env);
        const [one, other, forged] = random.shuffle(['203.0.113', '198.51.100', '192.0.2']);
        const address = (net: string) => `${net}.${random.integer(1, 254)}`;
        const client = address(one!);
        const calls: Call[] = [];
        const note = `what stands before ${client} is forged, and another each time`;
        for (let i = 0; i <= strict.limit; i += 1) {
          const headers = { 'x-forwarded-for': `${address(forged!)}, ${client}` };
          calls.push(await call(http, strict, { headers, note }));
        }
        expectLawful(calls, strict);
        const headers = { 'x-forwarded-for': `${client}, ${address(other!)}` };
        const others = 'another address at the end, that of a client which has sent nothing yet';
        expectLawful(await burst([http], strict, strict.limit, { headers, note: others }), strict);
      },
    },
    {
      id: 'bad-keys-count-for-nobody',
      title: 'A request with a bad key costs the address nothing',
      points: 1,
      needs: ['bad-keys-are-400', 'trusts-the-last-hop'],
      hint: 'Look at the key first, and answer 400 before you count.',
      reference: rfc(9110, '15.5.1', '400 Bad Request'),
      run: async ({ http, random, env }) => {
        const { strict } = policiesOf(env);
        const headers = { 'x-forwarded-for': `198.18.0.${random.integer(1, 254)}` };
        for (let i = 0; i <= strict.limit; i += 1) {
          const bad = await ask(http, strict, { key: 'not a key', headers });
          expect(bad).toBeProblem(400);
        }
        const note = `without a key, after ${strict.limit + 1} bad ones from the same address`;
        expectLawful(await burst([http], strict, strict.limit, { headers, note }), strict);
      },
    },
  ],
});
