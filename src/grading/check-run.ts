import { AppStartError } from '../apps/port.ts';
import { CheckFailure, NotAvailable } from '../core/failure.ts';
import type { Lab } from '../core/lab.ts';
import type { Timeline } from '../core/timeline.ts';
import type { OwnContext, SharedContext } from '../kit/context.ts';
import { type Check, DEFAULT_CHECK_TIMEOUT_MS, type Grader, type Stage } from '../kit/grader.ts';
import { createHttp, FIRST_INSTANCE } from '../kit/http/client.ts';
import { createListen } from '../kit/listener.ts';
import { forgetAnswered } from '../kit/observation.ts';
import { createPostgresProbe } from '../kit/postgres.ts';
import { createRandom } from '../kit/random.ts';
import { recordedProcess } from '../kit/recorded-process.ts';
import { createRedis, type RedisConnection } from '../kit/redis.ts';
import { createRedisProbe } from '../kit/redis-probe.ts';
import { createRedisServer } from '../kit/redis-server.ts';
import { createSql, type Sql } from '../kit/sql.ts';
import { createTrace, type Trace } from '../kit/trace.ts';
import { Background } from './background.ts';
import { startupFailure } from './startup-failure.ts';
import { timelineOf } from './timeline.ts';
import { unknownSettings } from './unknown-settings.ts';
import { type Judgement, judgeReturn, judgeThrow, judgeTimeout } from './verdict.ts';
import type { World } from './world/world.ts';

export interface CheckRunSetup {
  lab: Lab<Grader>;
  seed: string;
  signal: AbortSignal;
  now: () => number;
  /** Running numbers for exchanges. */
  nextId: () => number;
}

/** Where a check runs: a world of ours, or a server that runs already, of which we see its HTTP only. */
export type Place =
  | {
      world: World;
      /** The check was tried before, and may have left something behind. */
      again?: boolean;
    }
  | { url: string };

export interface CheckRun extends Judgement {
  startedAt: number;
  durationMs: number;
  timeline?: Timeline;
}

/** Tries one check once. Rejects only if the run is interrupted. */
export async function runCheck(
  stage: Stage,
  index: number,
  place: Place,
  setup: CheckRunSetup,
): Promise<CheckRun> {
  const check = stage.checks[index] as Check<OwnContext>;
  const timeoutMs = check.timeoutMs ?? DEFAULT_CHECK_TIMEOUT_MS;
  const trace = createTrace(setup.nextId, setup.now);
  const startedAt = setup.now();
  const ended = async (judgement: Judgement): Promise<CheckRun> => {
    const durationMs = setup.now() - startedAt;
    const judged = judgement.verdict === 'failed' ? await unlessLost(judgement, place) : judgement;
    const timeline = isWorthTelling(judged) ? timelineOf(trace) : undefined;
    return { ...judged, startedAt, durationMs, ...(timeline !== undefined && { timeline }) };
  };
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(new DeadlinePassed()), timeoutMs);
  const signal = AbortSignal.any([setup.signal, deadline.signal]);
  const background = new Background(signal);
  try {
    const context = contextOf(stage, check.id, place, trace, signal, setup);
    await orAborted(
      background.run(() => check.run(context as OwnContext)),
      signal,
    );
    const unawaited = await background.failure();
    if (unawaited !== undefined) throw unawaited.error;
    return await ended(judgeReturn(trace.exchanges));
  } catch (error) {
    setup.signal.throwIfAborted();
    if (deadline.signal.aborted) return await ended(judgeTimeout(timeoutMs, trace));
    // What failed first, and was not waited for, is why the rest did.
    const cause = await background.failure();
    return await ended(judgeThrow(asFailure(cause?.error ?? error), trace.exchanges));
  } finally {
    clearTimeout(timer);
    // What the check left under way (a request that it did not wait for) ends with it.
    deadline.abort(new DeadlinePassed());
    if (stage.world === 'own' && 'world' in place) forget(place.world);
  }
}

/** In a world of its own one check runs at a time: nobody else reads what it caused. */
function forget(world: World): void {
  forgetAnswered(world.postgresLinks());
  forgetAnswered(world.redisLinks());
}

/** Nobody reads the requests of a check that passed, and they would be most of the report. */
function isWorthTelling({ verdict }: Judgement): boolean {
  return verdict === 'failed' || verdict === 'errored';
}

/** Without its services and its place no app can pass: what failed then is not the learner's. */
async function unlessLost(judgement: Judgement, place: Place): Promise<Judgement> {
  const reason = 'world' in place ? await place.world.whyLost() : undefined;
  if (reason === undefined) return judgement;
  const message = `During the check, ${reason}.`;
  return { verdict: 'errored', gradable: true, error: { kind: 'environment', message } };
}

class DeadlinePassed extends Error {
  override readonly name = 'DeadlinePassed';
}

/** A check may wait for something that no signal reaches; it must not hold the run. */
async function orAborted(work: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const abort = () => aborted.reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    await Promise.race([work, aborted.promise]);
  } finally {
    signal.removeEventListener('abort', abort);
    work.catch(() => {});
  }
}

function asFailure(error: unknown): unknown {
  return error instanceof AppStartError ? new CheckFailure(startupFailure(error)) : error;
}

function contextOf(
  stage: Stage,
  id: string,
  place: Place,
  trace: Trace,
  signal: AbortSignal,
  { lab, seed, now }: CheckRunSetup,
): SharedContext | OwnContext {
  const world = 'world' in place ? place.world : undefined;
  const origin = 'world' in place ? place.world.origin : (name: string) => urlOf(place, name);
  const { contract } = lab;
  const { incidents } = trace;
  const shared: SharedContext = {
    http: createHttp({ origin, instances: world?.web ?? [], trace, contract, signal }),
    sql: sqlOf(world, signal, trace),
    redis: createRedis(world?.redis ?? NO_REDIS, signal),
    // With the same data it would meet its own, such as an address that is taken.
    random: createRandom(seed, 'again' in place && place.again ? `${id}, again` : id),
    signal,
    env: world?.env ?? unknownSettings(),
  };
  const processes = world
    ?.processes(now(), signal)
    .map((process) => recordedProcess(process, incidents));
  if (stage.world === 'shared' || world === undefined || processes === undefined) return shared;
  return {
    ...shared,
    app: {
      processes,
      get web() {
        return processes.find(({ name }) => name === FIRST_INSTANCE)!;
      },
      process: (name) => {
        const process = processes.find((candidate) => candidate.name === name);
        if (process === undefined) throw new RangeError(`the app has no process ${name}`);
        return process;
      },
    },
    listen: createListen(world.reach, signal),
    postgres: createPostgresProbe(() => world.postgresLinks(), signal, { incidents }),
    redis: {
      ...shared.redis,
      ...createRedisProbe(() => world.redisLinks(), signal, { incidents }),
      server: createRedisServer(world.redis?.server, signal, incidents),
    },
  };
}

function urlOf({ url }: { url: string }, name: string): string {
  if (name === FIRST_INSTANCE) return url;
  throw new NotAvailable('needs a second instance of the app');
}

const NO_REDIS: RedisConnection = {
  send: async () => {
    throw new NotAvailable('needs the Redis behind the server');
  },
};

function sqlOf(world: World | undefined, signal: AbortSignal, trace: Trace): Sql {
  if (world?.database !== undefined)
    return createSql(world.database, signal, () => trace.exchanges);
  return async () => {
    throw new NotAvailable('needs the database behind the server');
  };
}
