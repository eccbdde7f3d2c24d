import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { SharedContext } from '../../../src/kit/context.ts';
import { check, run, shared } from './fakes.ts';

type Env = SharedContext['env'];

const against = async (stage: Parameters<typeof run>[0][number]) =>
  (await run([stage], { shared: { url: 'http://127.0.0.1:9' } })).results;

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
    expect(await against(stage)).toMatchObject([{ verdict: 'skipped', skipped, gradable: false }]);
  });

  it.each([
    ['one of the settings', (env: Env) => Number(env['LIMIT'])],
    ['whether there is one', (env: Env) => 'LIMIT' in env],
    ['whether there is one of its own', (env: Env) => Object.hasOwn(env, 'LIMIT')],
    ['their names', (env: Env) => Object.keys(env)],
    ['all of them', (env: Env) => ({ ...env, LIMIT: '1' })],
    ['them as JSON', (env: Env) => JSON.stringify(env)],
  ])('is not tried where a check asks for %s', async (_, ask) => {
    const stage = shared(check('a', async ({ env }) => void ask(env)));
    expect(await against(stage)).toMatchObject([
      {
        verdict: 'skipped',
        skipped: 'needs the settings that labs gives an app it starts',
        gradable: false,
      },
    ]);
  });

  it('is tried where a check only hands the settings on', async () => {
    const stage = shared(
      check('a', async ({ env }) => {
        const handed = await Promise.resolve(env);
        if (`${inspect(handed)}${handed}` !== '{}[object Object]') throw new Error(inspect(handed));
      }),
    );
    expect(await against(stage)).toMatchObject([{ verdict: 'passed' }]);
  });
});
