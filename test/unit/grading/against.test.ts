import { describe, expect, it } from 'vitest';
import { check, run, shared } from './fakes.ts';

describe('a server that is not ours', () => {
  it.each([
    ['asks for a second instance', 'needs a second instance of the app'],
    ['asks its Redis', 'needs the Redis behind the server'],
    ['asks its database', 'needs the database behind the server'],
  ])('is not tried where a check %s', async (what, skipped) => {
    const stage = shared(
      check('a', async ({ http, redis, sql }) => {
        if (what.includes('instance')) await http.to('web.2').get('/');
        if (what.includes('Redis')) await redis.command('PING');
        if (what.includes('database')) await sql`SELECT 1`;
      }),
    );
    const { results } = await run([stage], { shared: { url: 'http://127.0.0.1:9' } });
    expect(results).toMatchObject([{ verdict: 'skipped', skipped, gradable: false }]);
  });
});
