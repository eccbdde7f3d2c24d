import { defineStage } from 'backend-labs/kit';
import { closed, expectFailing, expectRecovery, RECOVERY_MS, room, steady } from './outages.ts';
import { LIMITERS, rfc, TIMEOUTS } from './reading.ts';

export default defineStage({
  id: 'fail-closed',
  title: 'Redis goes away, and RATE_LIMIT_FAIL is closed',
  world: 'own',
  instances: { web: 1 },
  env: { RATE_LIMIT_FAIL: 'closed' },
  checks: [
    {
      id: 'survives-dropped-connections',
      title: 'A connection to Redis that is dropped while idle costs at most a moment',
      points: 1,
      needs: ['limits-default', 'answers-health'],
      timeoutMs: 40_000,
      hint: 'A connection that breaks is replaced by the client, given time and an error listener.',
      reference: LIMITERS,
      run: async (context) => {
        await steady(context);
        const roomMs = await room(context.http);
        for (let round = 0; round < 2; round += 1) {
          context.redis.reset();
          await expectRecovery(context, RECOVERY_MS + roomMs);
        }
      },
    },
    {
      id: 'refuses-without-redis',
      title: 'While Redis refuses connections, limited operations are a quick 503',
      points: 2,
      needs: ['survives-dropped-connections'],
      timeoutMs: 40_000,
      hint: 'RATE_LIMIT_FAIL says what a limiter does that cannot count. Where it is closed, answer 503 as a problem: neither let pass, nor 429, since the client has done nothing wrong, nor 500.',
      reference: rfc(9110, '15.6.4', '503 Service Unavailable'),
      run: async (context) => {
        await steady(context);
        const roomMs = await room(context.http);
        context.redis.cut();
        await expectFailing(context, closed, 'Redis refuses connections', roomMs);
        await context.redis.restore();
        await expectRecovery(context, RECOVERY_MS + roomMs);
      },
    },
    {
      id: 'refuses-while-redis-is-silent',
      title:
        'While Redis says nothing, limited operations are a 503 in time, and pass again afterwards',
      points: 2,
      needs: ['refuses-without-redis'],
      timeoutMs: 40_000,
      hint: 'Bound the time for each command and for the connection, together below 2 seconds; what runs out of time is answered 503 too.',
      reference: TIMEOUTS,
      run: async (context) => {
        await steady(context);
        const roomMs = await room(context.http);
        context.redis.blackhole();
        await expectFailing(context, closed, 'Redis is silent', 2 * roomMs);
        await context.redis.restore();
        await expectRecovery(context, RECOVERY_MS + roomMs);
      },
    },
  ],
});
