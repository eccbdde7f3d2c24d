import { setTimeout as pause } from 'node:timers/promises';
import { attempt, defineStage, expect } from 'backend-labs/kit';
import { expectAlive } from './alive.ts';
import { type Accepted, expectDoneOnce, pathOf, post, postAll, settled, underWay } from './api.ts';
import { clockSlack, room } from './bounds.ts';
import { type Job, sleep, sum } from './job.ts';
import { attemptsOf, ledgerFailure, type Moment, moment } from './ledger.ts';
import { PERSISTENCE } from './reading.ts';
import { OUTAGE_ANSWER_MS, RECOVERY_MS, settingsOf, takeoverMs } from './settings.ts';

/** How long Redis is dead at least. */
const DEAD_MS = 1_500;

export default defineStage({
  id: 'broker',
  title: 'The broker dies and comes back',
  world: 'own',
  env: (random) => ({ LEASE_MS: String(random.integer(1_500, 2_500)) }),
  checks: [
    {
      id: 'survives-broker-restart',
      title: 'kill -9 of Redis, and a restart: what runs, waits or is not yet due is done once',
      points: 4,
      needs: ['keeps-ledger', 'delays-are-kept'],
      timeoutMs: 120_000,
      hint: 'Redis has its data again, and your clients have lost their connections, their blocked commands and the scripts they had loaded (NOSCRIPT: send EVAL). Connect again, for ever, and ask again.',
      reference: PERSISTENCE,
      run: async ({ http, sql, redis, app, env, random }) => {
        const settings = settingsOf(env);
        const [extra, slack] = [await room(http), await clockSlack(sql)];
        const ms = random.integer(500, 700);
        const running = await postAll(
          http,
          Array.from({ length: 2 * settings.concurrency }, () => sleep(ms, 2)),
        );
        await underWay(sql, running, { withinMs: 5_000, action: 'POST /jobs' });
        const waiting = await postAll(
          http,
          Array.from({ length: 10 }, () => sum(random, { priority: random.integer(1, 9) })),
        );
        const delayed = await postAll(http, [
          sum(random, { delayMs: random.integer(300, 600) }),
          sum(random, { delayMs: random.integer(2_500, 3_000) }),
        ]);
        await redis.server.kill();
        const killed = performance.now();
        const moments: Moment[] = [await moment(sql, 'kill -9 of Redis')];
        const during = await attempt(async () => {
          const task = sum(random);
          const note = 'while Redis is dead';
          const timeoutMs = OUTAGE_ANSWER_MS + extra;
          const answer = await http.post<Job>('/jobs', { json: task.input, note, timeoutMs });
          expect(answer).toHaveStatus(202, 503);
          if (answer.status === 503) return [];
          return [{ ...task, id: answer.json.id, answer } satisfies Accepted];
        });
        const note = 'while Redis is dead';
        const found = await attempt(() => http.get(pathOf(running[0]!), { note }));
        // Long enough for every client to have tried again, and to have been refused.
        await pause(Math.max(0, DEAD_MS - (performance.now() - killed)));
        await redis.server.start();
        moments.push(await moment(sql, 'Redis is started again'));
        if (during.failure !== undefined) throw during.failure;
        if (found.failure !== undefined) throw found.failure;
        expect(found.value).toHaveStatus(200);
        const action =
          'kill -9 of Redis and a restart, with jobs that run, wait, and are not yet due';
        expectAlive(app.processes, action);
        const accepted = [...running, ...waiting, ...delayed, ...during.value];
        const ledger = await settled(sql, accepted, {
          withinMs: RECOVERY_MS + takeoverMs(settings) + 3_000 + extra,
          action,
          moments,
        });
        expectDoneOnce(ledger, accepted, action, moments);
        for (const { id } of delayed) {
          const { runAt } = ledger.jobs.find((job) => job.id === id)!;
          const early = runAt - attemptsOf(ledger, id)[0]!.startedAt;
          if (early <= slack) continue;
          throw ledgerFailure(ledger, {
            action,
            expected: 'no attempt before runAt',
            actual: `one ${early.toFixed(0)} ms before it`,
            about: [id],
            moments,
          });
        }
        const after = await post(http, sum(random), { note: 'once Redis is back' });
        const last = await settled(sql, [after], {
          withinMs: RECOVERY_MS + extra,
          action,
          moments,
        });
        expectDoneOnce(last, [after], action, moments);
      },
    },
  ],
});
