import type { Contract } from '../../../src/core/contract.ts';
import type { RunEvent } from '../../../src/core/event.ts';
import type { Lab } from '../../../src/core/lab.ts';
import { LogRecord } from '../../../src/core/log-record.ts';
import { runCheck } from '../../../src/grading/check-run.ts';
import { runChecks, type SchedulerOptions } from '../../../src/grading/scheduler.ts';
import type { World } from '../../../src/grading/world/world.ts';
import type { OwnContext, SharedContext } from '../../../src/kit/context.ts';
import type { Check, Grader, Stage } from '../../../src/kit/grader.ts';

/** A check of one point that does what it is told. */
export function check<Context = SharedContext>(
  id: string,
  run: (context: Context) => Promise<void> | void = () => {},
  more: Partial<Check<Context>> = {},
): Check<Context> {
  return {
    id,
    title: `${id} holds`,
    points: 1,
    hint: `mend ${id}`,
    reference: { title: 'a book', url: 'https://example.com/' },
    run: async (context) => run(context),
    ...more,
  };
}

export function shared(...checks: Check<SharedContext>[]): Stage {
  return { id: 'shared-stage', title: 'Shared', world: 'shared', checks };
}

export function own(id: string, ...checks: Check<OwnContext>[]): Stage {
  return { id, title: id, world: 'own', checks };
}

export interface FakeWorld extends World {
  crashes: number;
  down: boolean;
  healed: number;
  lost: string | undefined;
  /** An end that nobody asked for, known after `ms`. */
  crash(ms?: number): void;
}

export function fakeWorld(id = 'shared', origin = 'http://127.0.0.1:9'): FakeWorld {
  return {
    id,
    log: new LogRecord(),
    env: {},
    origin: () => origin,
    database: undefined,
    redis: undefined,
    web: ['web.1'],
    reach: async (server) => ({ ...server, shut: () => {}, open: async () => {} }),
    postgresLinks: () => [],
    redisLinks: () => [],
    processes: () => [],
    lost: undefined,
    async whyLost() {
      return this.lost;
    },
    crashes: 0,
    down: false,
    healed: 0,
    crash(ms = 0) {
      setTimeout(() => {
        this.crashes += 1;
        this.down = true;
      }, ms);
    },
    async heal() {
      this.healed += 1;
      this.down = false;
    },
  };
}

export const silent: Contract = { violations: () => [] };

export function fakeLab(stages: readonly Stage[], contract = silent): Lab<Grader> {
  const grader: Grader = { lab: 'fake', stages };
  const checks = stages.flatMap((stage) =>
    stage.checks.map(({ run: _, ...info }) => ({
      ...info,
      stage: stage.id,
      needs: info.needs ?? [],
      timeoutMs: info.timeoutMs ?? 10_000,
    })),
  );
  return {
    manifest: {
      id: 'fake',
      title: 'Fake',
      passingScore: 70,
      services: {},
      processes: { web: { readiness: '/healthz' } },
      deadlines: { run: 300, ready: 30, stop: 5 },
    } as unknown as Lab['manifest'],
    origin: { pack: 'built-in' },
    additions: [],
    paths: {} as Lab['paths'],
    contract,
    schema: '',
    grader,
    stages: stages.map(({ id, title }) => ({ id, title })),
    checks,
    digest: 'd1935',
    parts: [],
  };
}

export interface Setup extends Partial<Omit<SchedulerOptions, 'stages' | 'runCheck'>> {
  contract?: Contract;
  signal?: AbortSignal;
}

/** Runs checks with the real scheduler and the real check run, in worlds that are not there. */
export async function run(stages: readonly Stage[], setup: Setup = {}) {
  const events: RunEvent[] = [];
  const { contract = silent, signal = new AbortController().signal, ...options } = setup;
  let id = 0;
  const results = await runChecks({
    stages,
    selected: new Set(stages.flatMap((stage) => stage.checks.map((each) => each.id))),
    emit: (event) => events.push(event),
    worlds: 2,
    late: () => false,
    shared: { world: fakeWorld() },
    ownWorld: async (stage) => fakeWorld(stage.id),
    runCheck: (stage, index, place) =>
      runCheck(stage, index, place, {
        lab: fakeLab(stages, contract),
        seed: 'seed',
        signal,
        now: () => performance.now(),
        nextId: () => ++id,
      }),
    ...options,
  });
  return {
    events,
    results,
    of: (name: string) => results.find((result) => result.id === name)!,
    verdicts: Object.fromEntries(results.map(({ id, verdict }) => [id, verdict])),
  };
}
