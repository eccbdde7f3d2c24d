import type { Resource, SetupContext } from '../core/resource.ts';
import type { PostgresRequest, PostgresServer, ServiceProvider } from '../services/port.ts';

/** A provider whose server is started once and serves every run; each still has databases of its own. */
export interface SharedProvider extends ServiceProvider, AsyncDisposable {}

export function shareProvider(provider: ServiceProvider, signal: AbortSignal): SharedProvider {
  const started = new Map<
    string,
    { resource: Resource<PostgresServer>; server: Promise<PostgresServer> }
  >();
  const start = (request: PostgresRequest, context: SetupContext) => {
    const key = JSON.stringify(request);
    const known = started.get(key);
    if (known !== undefined) return known.server;
    const resource = provider.postgres(request);
    // Of the whole verification, not of the run that happens to come first.
    const server = resource.setup({ ...context, signal });
    started.set(key, { resource, server });
    return server;
  };
  return {
    kind: provider.kind,
    postgres: (request) => ({
      id: 'services.postgres',
      title: 'Start Postgres',
      setup: (context) => start(request, context),
      teardown: async () => {},
    }),
    [Symbol.asyncDispose]: async () => {
      for (const { resource, server } of started.values()) {
        await server.catch(() => {});
        await resource.teardown();
      }
    },
  };
}
