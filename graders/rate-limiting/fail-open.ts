import { defineStage } from 'backend-labs/kit';
import { expectFailing, expectRecovery, open, RECOVERY_MS, room, steady } from './outages.ts';
import { LIMITERS, TIMEOUTS } from './reading.ts';

export default defineStage({
  id: 'fail-open',
  title: 'Redis goes away, and RATE_LIMIT_FAIL is open',
  world: 'own',
  instances: { web: 1 },
  env: { RATE_LIMIT_FAIL: 'open' },
  checks: [
    {
      id: 'serves-without-redis',
      title: 'While Redis refuses connections, everything is served without a limit, in time',
      points: 2,
      needs: ['limits-default', 'answers-health'],
      timeoutMs: 40_000,
      hint: 'Catch what the client of Redis throws, and go on as if the request had passed. Listen to its error event, and do not let commands queue up while there is no connection.',
      reference: LIMITERS,
      run: async (context) => {
        await steady(context);
        const roomMs = await room(context.http);
        context.redis.cut();
        await expectFailing(context, open, 'Redis refuses connections', roomMs);
      },
    },
    {
      id: 'limits-again-after-refusal',
      title: 'Once Redis is back, the limits hold again without a restart',
      points: 2,
      needs: ['serves-without-redis'],
      timeoutMs: 40_000,
      hint: 'Let the client connect again, for ever and at short intervals. A client that gives up after some attempts, or a switch to “open” that nobody switches back, leaves the API without limits.',
      reference: TIMEOUTS,
      run: async (context) => {
        await steady(context);
        const roomMs = await room(context.http);
        context.redis.cut();
        await expectFailing(context, open, 'Redis refuses connections', roomMs);
        await context.redis.restore();
        await expectRecovery(context, RECOVERY_MS + roomMs);
      },
    },
    {
      id: 'serves-while-redis-is-silent',
      title: 'While Redis accepts connections and says nothing, everything is served in time',
      points: 2,
      needs: ['serves-without-redis'],
      timeoutMs: 40_000,
      hint: 'Nothing fails here, so nothing ends unless you do it: bound the time to connect and the time for each command, together below 2 seconds.',
      reference: TIMEOUTS,
      run: async (context) => {
        await steady(context);
        const roomMs = await room(context.http);
        context.redis.blackhole();
        await expectFailing(context, open, 'Redis is silent', 2 * roomMs);
        await context.redis.restore();
        await expectRecovery(context, RECOVERY_MS + roomMs);
      },
    },
  ],
});
