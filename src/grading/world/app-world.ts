import type { Pool } from 'pg';
import type { PreparedApp } from '../../apps/port.ts';
import { environmentError, messageOf } from '../../core/errors.ts';
import type { LogLine } from '../../core/log.ts';
import { LogRecord } from '../../core/log-record.ts';
import type { LabManifest } from '../../core/manifest.ts';
import type { Resource, SetupContext } from '../../core/resource.ts';
import type { PostgresLink } from '../../kit/postgres.ts';
import { postgresTap } from '../../network/postgres/tap.ts';
import { type RunningProxy, startProxy } from '../../network/proxy.ts';
import type { PostgresDatabase, PostgresServer } from '../../services/port.ts';
import { openDatabase, whyNoAnswer } from './database.ts';
import { ProcessSlot } from './process-slot.ts';
import type { World } from './world.ts';

export interface WorldPlan {
  id: string;
  title: string;
  manifest: LabManifest;
  app: PreparedApp;
  /** Running services by kind. */
  services: { postgres?: PostgresServer };
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

async function mended({ faults }: PostgresLink): Promise<void> {
  try {
    await faults.restore();
  } catch (cause) {
    // Another program took the port of the proxy while it refused connections.
    throw environmentError(`The app's way to Postgres is blocked: ${messageOf(cause)}.`, {
      hint: 'Grade again: another port is chosen.',
      cause,
    });
  }
}

/** Builds a world of its own for some checks: a fresh database, proxies, and the app on top. */
export function appWorld(plan: WorldPlan): Resource<World> {
  const slots: ProcessSlot[] = [];
  const proxies: RunningProxy[] = [];
  const links: PostgresLink[] = [];
  const log = new LogRecord();
  let database: PostgresDatabase | undefined;
  let pool: Pool | undefined;

  async function connection(service: PostgresServer, name: string): Promise<string> {
    const { factory, tap } = postgresTap({ clock: plan.now });
    const proxy = await startProxy({
      name: `postgres of ${name}`,
      upstream: service.address,
      tap: factory,
    });
    proxies.push(proxy);
    links.push({ tap, faults: proxy.faults });
    const route = await plan.app.reach(proxy);
    proxy.behind(route);
    const { user, password } = service.role;
    const login = `${encodeURIComponent(user)}:${encodeURIComponent(password)}`;
    return `postgres://${login}@${route.host}:${route.port}/${database?.name}?sslmode=disable`;
  }

  async function startAll(context: SetupContext): Promise<Record<string, string>> {
    const { manifest, services } = plan;
    if (services.postgres !== undefined) {
      context.progress('making its database');
      database = await services.postgres.createDatabase();
      pool = openDatabase(database.admin);
    }
    const env: Record<string, string> = { ...plan.env };
    for (const [process, declared] of Object.entries(manifest.processes)) {
      for (let instance = 1; instance <= (plan.instances[process] ?? 1); instance += 1) {
        const name = `${process}.${instance}`;
        const clockOffsetMs = plan.clocks?.[name];
        const variable = manifest.services.postgres?.variable;
        if (services.postgres !== undefined && variable !== undefined)
          env[variable] = await connection(services.postgres, name);
        const spec = {
          process,
          instance,
          env: { ...env },
          ...(declared.readiness !== undefined && { readiness: declared.readiness }),
          readyTimeoutMs: manifest.deadlines.ready * 1000,
          ...(clockOffsetMs !== undefined && { clockOffsetMs }),
          ...(plan.port !== undefined && name === 'web.1' && { port: plan.port }),
          onLog: (line: LogLine) => {
            log.add(line);
            plan.onLog(line);
          },
        };
        slots.push(new ProcessSlot(plan.app, spec, context.signal, plan.now));
      }
    }
    // Settled, not raced: a slot that is still starting would be missed by the teardown.
    const started = await Promise.allSettled(slots.map((slot) => slot.start(context.progress)));
    for (const outcome of started) if (outcome.status === 'rejected') throw outcome.reason;
    return env;
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
        database: pool,
        origin: () => slots[0]!.url,
        whyLost: async () => {
          const place = await plan.app.whyLost();
          if (place !== undefined) return place;
          const silence = pool === undefined ? undefined : await whyNoAnswer(pool);
          return silence === undefined ? undefined : `Postgres went away: ${silence}`;
        },
        links: () => links,
        processes: (since, signal) => slots.map((slot) => slot.facade(log, since, signal)),
        get crashes() {
          return slots.reduce((total, slot) => total + slot.crashes, 0);
        },
        get down() {
          return slots.some((slot) => slot.isDown);
        },
        heal: async () => {
          await Promise.all(links.map(mended));
          await Promise.all(slots.map((slot) => slot.heal()));
        },
      };
    },
    teardown: async () => {
      await Promise.allSettled(slots.map((slot) => slot.end()));
      await Promise.allSettled(proxies.map((proxy) => proxy.close()));
      await pool?.end();
      await database?.drop();
    },
  };
}
