import type { PreparedApp } from '../../apps/port.ts';
import type { LogLine } from '../../core/log.ts';
import { LogRecord } from '../../core/log-record.ts';
import type { LabManifest } from '../../core/manifest.ts';
import type { Resource, SetupContext } from '../../core/resource.ts';
import { FIRST_INSTANCE } from '../../kit/http/client.ts';
import type { RunningProxy } from '../../network/proxy.ts';
import type { Services } from '../services.ts';
import { Backing } from './backing.ts';
import { ProcessSlot } from './process-slot.ts';
import { startUnlessLost } from './start-unless-lost.ts';
import type { World } from './world.ts';

export interface WorldPlan {
  id: string;
  title: string;
  manifest: LabManifest;
  app: PreparedApp;
  services: Services;
  instances: Readonly<Record<string, number>>;
  /** The grader's settings for the app. */
  env: Readonly<Record<string, string>>;
  /** How far the clocks of its processes are ahead, in milliseconds, by name (`web.2`). */
  clocks?: Readonly<Record<string, number>>;
  /** Of the first web process; a free one where nothing is said. */
  port?: number;
  /** Hears what its processes write, as it comes. */
  onLog(line: LogLine): void;
  now: () => number;
}

/** Builds a world of its own for some checks: fresh databases, proxies, and the app on top. */
export function appWorld(plan: WorldPlan): Resource<World> {
  const slots: ProcessSlot[] = [];
  const log = new LogRecord();
  const backing = new Backing(plan.services, plan.now);

  async function reach(proxy: RunningProxy) {
    const route = await plan.app.reach(proxy);
    proxy.behind(route);
    return route;
  }

  async function whyLost(): Promise<string | undefined> {
    return (await plan.app.whyLost()) ?? (await backing.whyLost());
  }

  /** Resolves to the environment of the first web process. */
  async function startAll(context: SetupContext): Promise<Record<string, string>> {
    const { manifest } = plan;
    if (Object.keys(plan.services).length > 0) context.progress('making its databases');
    await backing.make();
    const environments = new Map<string, Record<string, string>>();
    for (const [process, declared] of Object.entries(manifest.processes)) {
      for (let instance = 1; instance <= (plan.instances[process] ?? 1); instance += 1) {
        const name = `${process}.${instance}`;
        const clockOffsetMs = plan.clocks?.[name];
        const env = {
          ...plan.env,
          PROCESS_NAME: name,
          ...(await backing.variablesFor(name, manifest.services, reach)),
        };
        environments.set(name, env);
        const spec = {
          process,
          instance,
          env,
          ...(declared.readiness !== undefined && { readiness: declared.readiness }),
          readyTimeoutMs: manifest.deadlines.ready * 1000,
          ...(clockOffsetMs !== undefined && { clockOffsetMs }),
          ...(plan.port !== undefined && name === FIRST_INSTANCE && { port: plan.port }),
          onLog: (line: LogLine) => {
            log.add(line);
            plan.onLog(line);
          },
        };
        slots.push(new ProcessSlot(plan.app, spec, context.signal, plan.now));
      }
    }
    await startUnlessLost(allSettled(slots.map((slot) => slot.start(context.progress))), whyLost);
    return environments.get(FIRST_INSTANCE) ?? {};
  }

  return {
    id: `world.${plan.id}`,
    title: plan.title,
    setup: async (context) => {
      const env = await startAll(context);
      return {
        id: plan.id,
        log,
        env,
        database: backing.pool,
        redis: backing.redis,
        origin: (name = FIRST_INSTANCE) => slotOf(name, slots).url,
        web: slots.map(({ name }) => name).filter((name) => name.startsWith('web.')),
        whyLost,
        reach: (server) => plan.app.reach(server),
        postgresLinks: () => backing.postgresLinks,
        redisLinks: () => backing.redisLinks,
        processes: (since, signal) => slots.map((slot) => slot.facade(log, since, signal)),
        get crashes() {
          return slots.reduce((total, slot) => total + slot.crashes, 0);
        },
        get down() {
          return slots.some((slot) => slot.isDown);
        },
        heal: async () => {
          await backing.mend();
          await startUnlessLost(allSettled(slots.map((slot) => slot.heal())), whyLost);
        },
      };
    },
    teardown: async () => {
      await Promise.allSettled(slots.map((slot) => slot.end()));
      await backing.end();
    },
  };
}

/** Settles when all have; then rejects as the first of them that failed: the rest could still come up. */
async function allSettled(starts: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(starts))
    if (outcome.status === 'rejected') throw outcome.reason;
}

function slotOf(name: string, slots: readonly ProcessSlot[]): ProcessSlot {
  const slot = slots.find((candidate) => candidate.name === name);
  if (slot !== undefined) return slot;
  const names = slots.map((each) => each.name).join(', ');
  throw new RangeError(`the app has no process ${name}; it has ${names}`);
}
