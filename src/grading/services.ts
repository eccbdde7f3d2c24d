import type { Lab } from '../core/lab.ts';
import type { PostgresServer, RedisServer, ServiceProvider } from '../services/port.ts';
import type { Lifecycle } from './lifecycle.ts';

/** Running services by kind: those that the lab's manifest names. */
export interface Services {
  postgres?: PostgresServer;
  redis?: RedisServer;
}

/**
 * Starts them side by side, and settles when all have; then rejects as the first of them that failed.
 */
export async function startServices(
  { manifest, schema }: Pick<Lab, 'manifest' | 'schema'>,
  provider: ServiceProvider,
  lifecycle: Lifecycle,
): Promise<Services> {
  const { postgres, redis } = manifest.services;
  const [sql, cache] = await Promise.allSettled([
    postgres && lifecycle.enter(provider.postgres({ version: postgres.version, schema })),
    redis &&
      lifecycle.enter(provider.redis({ version: redis.version, durable: redis.durable ?? false })),
  ]);
  if (sql.status === 'rejected') throw sql.reason;
  if (cache.status === 'rejected') throw cache.reason;
  return {
    ...(sql.value !== undefined && { postgres: sql.value }),
    ...(cache.value !== undefined && { redis: cache.value }),
  };
}

/** For the fingerprint: each with the version that answered. */
export function versionsOf(services: Services): Record<string, string> {
  return Object.fromEntries(
    Object.entries(services).map(([name, { version }]: [string, { version: string }]) => [
      name,
      version,
    ]),
  );
}
