import {
  CheckFailure,
  commandLines,
  concurrently,
  defineStage,
  type Http,
  type RedisProbe,
} from 'backend-labs/kit';
import { ask, burst, newKey } from './calls.ts';
import { expectLawful } from './history.ts';
import { type Policy, policiesOf } from './policies.ts';
import { INCR, redisDocs, SCRIPTS } from './reading.ts';

/** Milliseconds that each message between app and Redis waits: what reads first and writes later leaves a gap of twice that. */
const LATENCY = 20;

/** What the contract allows, for each request. */
const COMMANDS = 10;

/** Commands that look at all keys, or empty the database. */
const SWEEPING = /^(KEYS|SCAN|FLUSHALL|FLUSHDB)$/;

export default defineStage({
  id: 'races',
  title: 'Requests that race',
  world: 'own',
  checks: [
    {
      id: 'strict-burst-is-exact',
      title: 'Of N + k requests at once, to both instances, exactly N pass under “strict”',
      points: 4,
      needs: ['instances-share-strict'],
      hint: 'Between reading the count and writing it, another request reads the same. Read, decide and write in one step: a Lua script, or a command that changes and answers at once, such as INCR.',
      reference: SCRIPTS,
      run: async ({ http, random, env, redis }) => {
        const { strict } = policiesOf(env);
        const instances = [http, http.to('web.2')];
        await openConnections(instances, strict, redis, () => newKey(random));
        for (let round = 0; round < 3; round += 1) {
          const key = newKey(random);
          // More than N at each instance: one that is ahead of the other, and has had all of its own, has let too many through.
          const count = 2 * strict.limit + random.integer(2, 6);
          const note = `one of ${count} at once, of a new client whose limit is ${strict.limit}`;
          expectLawful(await burst(instances, strict, count, { key, note }), strict);
        }
      },
    },
    {
      id: 'default-burst-is-bounded',
      title: 'Of 3N requests at once, to both instances, N to 2N pass under “default”',
      points: 2,
      needs: ['limits-default'],
      hint: 'GET and then SET are two moments: all requests that read before the first one writes see the same count. INCR answers each with another number; a Lua script does the whole step alone.',
      reference: INCR,
      run: async ({ http, random, env, redis }) => {
        const { byDefault } = policiesOf(env);
        const instances = [http, http.to('web.2')];
        await openConnections(instances, byDefault, redis, () => newKey(random));
        const count = 3 * byDefault.limit;
        const note = `one of ${count} at once, of a new client whose limit is ${byDefault.limit}`;
        for (let round = 0; round < 3; round += 1) {
          const calls = await burst(instances, byDefault, count, { key: newKey(random), note });
          expectLawful(calls, byDefault);
        }
      },
    },
    {
      id: 'commands-are-bounded',
      title: 'A request takes at most ten Redis commands, and none that walks over all keys',
      points: 2,
      needs: ['limits-default'],
      hint: 'One key for each client and policy, one script or one transaction for each request. KEYS and SCAN look at every key of every client, and Redis does nothing else meanwhile.',
      reference: redisDocs('commands/keys', 'KEYS'),
      run: async ({ http, random, env, redis }) => {
        for (const policy of Object.values(policiesOf(env))) {
          // Other clients, whose keys should make no difference.
          await concurrently(20, () => ask(http, policy, { key: newKey(random) }));
          const key = newKey(random);
          const count = policy.limit + 4;
          const { result, commands } = await redis.during(() =>
            concurrently(count, () => ask(http, policy, { key })),
          );
          const sweeping = commands.filter(({ name }) => SWEEPING.test(name));
          const most = COMMANDS * count;
          if (sweeping.length === 0 && commands.length <= most) continue;
          const { failure } = result[0]!.failure(
            sweeping.length > 0
              ? 'no command that walks over all keys or empties the database'
              : `at most ${most} Redis commands for ${count} requests`,
            sweeping.length > 0 ? sweeping[0]!.name : `${commands.length}`,
          );
          const lines = commandLines(commands).slice(0, 30).join('\n');
          throw new CheckFailure({
            ...failure,
            evidence: [{ kind: 'text', title: 'What the app sent to Redis', text: lines }],
          });
        }
      },
    },
  ],
});

/** What races is then the commands, not what comes before the first of them on a connection. */
async function openConnections(
  instances: readonly Http[],
  policy: Policy,
  redis: RedisProbe,
  newClient: () => string,
): Promise<void> {
  redis.delay(LATENCY);
  const note = 'to have connections and scripts ready before the race';
  await concurrently(8, (i) => ask(instances[i % 2]!, policy, { key: newClient(), note }));
}
