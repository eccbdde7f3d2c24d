import type { Resource, SetupContext } from '../core/resource.ts';
import type { ServiceProvider } from '../services/port.ts';

/** A provider whose servers are started once and serve every run; each still has databases of its own. */
export interface SharedProvider extends ServiceProvider, AsyncDisposable {}

export function shareProvider(provider: ServiceProvider, signal: AbortSignal): SharedProvider {
  const postgres = share('Postgres', provider.postgres, signal);
  const redis = share('Redis', provider.redis, signal);
  return {
    kind: provider.kind,
    postgres: postgres.request,
    redis: redis.request,
    [Symbol.asyncDispose]: async () => {
      await Promise.all([postgres.end(), redis.end()]);
    },
  };
}

/** One server for each distinct request. */
function share<Request, Server>(
  name: string,
  serverFor: (request: Request) => Resource<Server>,
  signal: AbortSignal,
) {
  const started = new Map<string, { resource: Resource<Server>; server: Promise<Server> }>();
  const start = (request: Request, context: SetupContext) => {
    const key = JSON.stringify(request);
    const known = started.get(key);
    if (known !== undefined) return known.server;
    const resource = serverFor(request);
    // Of the whole verification, not of the run that happens to come first.
    const server = resource.setup({ ...context, signal });
    started.set(key, { resource, server });
    return server;
  };
  return {
    request: (request: Request): Resource<Server> => ({
      id: `services.${name.toLowerCase()}`,
      title: `Start ${name}`,
      setup: (context) => start(request, context),
      teardown: async () => {},
    }),
    end: async () => {
      for (const { resource, server } of started.values()) {
        await server.catch(() => {});
        await resource.teardown();
      }
    },
  };
}
