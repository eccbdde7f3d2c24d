import {
  attempt,
  CheckFailure,
  defineStage,
  eventually,
  expect,
  expectCleanExit,
  type OwnContext,
  untilInTime,
} from 'backend-labs/kit';
import { ask, inTurn, newKey } from './calls.ts';
import { expectLawful, SLACK_MS } from './history.ts';
import { expectNoLate503 } from './late.ts';
import { type Policy, policiesOf } from './policies.ts';
import { DISPOSABILITY, INCR, redisDocs } from './reading.ts';
import { exhaust } from './refused.ts';

/** Milliseconds that each reply of Redis waits, so that a process can die between two commands. */
const REPLY_MS = 200;
const SETTLED_MS = 120;

/** What the contract gives the app between SIGTERM and its end, and the machine. */
const STOP_MS = 5_000;

const EXPIRE = redisDocs('commands/expire', 'EXPIRE');

export default defineStage({
  id: 'crashes',
  title: 'Keys, crashes and stops',
  world: 'own',
  // What a restart empties shows only as long as a window lasts, and on a busy machine starting takes its time.
  env: { STRICT_WINDOW: '5' },
  checks: [
    {
      id: 'every-key-expires',
      title: 'Every key in Redis expires, at the latest two windows after it was last touched',
      points: 2,
      needs: ['limits-default'],
      hint: 'Give each key an expiry of one window when it is made. EXPIRE and EX take seconds, PEXPIRE and PX milliseconds: a window of 2 in the wrong unit is gone at once or stays for half an hour.',
      reference: EXPIRE,
      run: async (context) => {
        const { http, random, env } = context;
        for (const policy of Object.values(policiesOf(env))) {
          await ask(http, policy, { key: newKey(random) });
          await exhaust([http], policy, { key: newKey(random) });
          await ask(http, policy, {});
        }
        await expectExpiries(context, 'after some requests');
      },
    },
    {
      id: 'keys-expire-after-kill',
      title: 'No key without an expiry is left behind by kill -9',
      points: 3,
      needs: ['every-key-expires'],
      timeoutMs: 60_000,
      hint: 'Between INCR and EXPIRE the process can die, and the key then counts for ever: that client is never let in again. Set value and expiry in one step: SET … PX, a script, or MULTI.',
      reference: INCR,
      run: async (context) => {
        for (const policy of Object.values(policiesOf(context.env)))
          await killAtFirstWrite(context, policy);
      },
    },
    {
      id: 'restart-keeps-budgets',
      title: 'Restarting an instance gives nobody a new budget',
      points: 2,
      needs: ['strict-in-any-span'],
      timeoutMs: 60_000,
      hint: 'What an instance counted has to be in Redis when it dies, and an instance that starts leaves what it finds there alone.',
      reference: DISPOSABILITY,
      run: async ({ http, app, random, env }) => {
        const { strict } = policiesOf(env);
        const key = newKey(random);
        const other = http.to('web.2');
        const { calls } = await exhaust([http], strict, { key });
        // web.2 restarts; starting takes time, within which part of the window goes by.
        await app.process('web.2').kill();
        await app.process('web.2').start();
        const note = 'after kill -9 and a restart of the instance';
        calls.push(...(await inTurn([other], strict, 2, { key, note })));
        expectLawful(calls, strict);
        await untilInTime(async () => {
          const second = newKey(random);
          const before = await inTurn([http, other], strict, strict.limit, { key: second });
          await Promise.all([app.web.kill(), app.process('web.2').kill()]);
          await Promise.all([app.web.start(), app.process('web.2').start()]);
          const restarted = 'after kill -9 and a restart of both instances';
          const caller = { key: second, note: restarted };
          const after = await inTurn([http, other], strict, strict.limit, caller);
          expectLawful([...before, ...after], strict);
          // What a start empties shows only as long as the window lasts.
          return after[0]!.answered < before[0]!.sent + strict.windowMs - SLACK_MS;
        });
      },
    },
    {
      id: 'exits-on-sigterm',
      title: 'On SIGTERM the app answers what is in flight and exits with code 0',
      points: 1,
      needs: ['answers-health'],
      timeoutMs: 40_000,
      hint: 'On SIGTERM close the server, which waits for requests in flight, then the connection to Redis, and let the process end. A connection to Redis that stays open keeps it alive.',
      reference: DISPOSABILITY,
      run: async ({ http, app, redis, random, env }) => {
        const { byDefault } = policiesOf(env);
        // In a second round: the first has stopped it.
        if (app.web.exit !== undefined) {
          await redis.restore();
          await app.web.start();
          await ask(http, byDefault, { key: newKey(random), note: 'to have connections ready' });
        }
        redis.delay(100);
        const note = 'in flight when SIGTERM comes';
        const sent = attempt(() => ask(http, byDefault, { key: newKey(random), note }));
        const arrives = redis.seen(/./, { withinMs: 10_000, what: 'a command to Redis' });
        // An app that asks nothing of Redis has answered before.
        await Promise.race([attempt(() => arrives), sent]);
        const bound = STOP_MS + 1_500;
        const [exit, answer] = await Promise.all([app.web.terminate(bound), sent]);
        if (answer.failure !== undefined) throw answer.failure;
        expectNoLate503(answer.value!);
        expect(answer.value).toHaveStatus(200);
        expectCleanExit(app.web, exit, { within: '5 s', boundMs: bound });
      },
    },
  ],
});

/** Every key that is there has an expiry, and none that is too far off. */
async function expectExpiries({ redis, env }: OwnContext, when: string): Promise<void> {
  const windows = Object.values(policiesOf(env)).map(({ windowMs }) => windowMs);
  const longest = 2 * Math.max(...windows);
  for (const key of await redis.keys()) {
    const left: number = await redis.command('PTTL', key);
    // -2: it has expired meanwhile.
    if (left === -2 || (left >= 0 && left <= longest)) continue;
    throw new CheckFailure({
      action: `PTTL ${key}, ${when}`,
      expected: `at most ${longest} ms, two windows of the longer policy`,
      actual: left === -1 ? 'no expiry: the key stays for ever' : `${left} ms`,
      evidence: [],
    });
  }
}

/** Kills the instance at the moment when the first request of a client has left something in Redis. */
async function killAtFirstWrite(context: OwnContext, policy: Policy): Promise<void> {
  const { http, app, redis, random, signal } = context;
  // What is made once (a script, a connection) is made by now.
  await ask(http, policy, { key: newKey(random) });
  await redis.flush();
  // What it writes is there at once, and it hears of that only later.
  redis.delay(REPLY_MS, { only: 'downstream' });
  const note = 'the app is killed as it writes its first key';
  const sent = attempt(() => ask(http, policy, { key: newKey(random), note }));
  let over = false;
  const end = () => {
    over = true;
  };
  void sent.then(end, end);
  await eventually(
    async () => {
      const written = over || (await redis.keys()).length > 0;
      expect(written, 'a key in Redis').toBe(true);
    },
    { withinMs: 5_000, everyMs: 2, signal },
  );
  await app.web.kill();
  await sent;
  await redis.restore();
  // What was under way when it died has arrived or never will.
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  await expectExpiries(context, `after kill -9 in the middle of a request under “${policy.name}”`);
  await app.web.start();
}
