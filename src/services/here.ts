import type { Host } from '../platform/host.ts';
import type { PostgresPackage } from './local/package.ts';
import type { RedisProgram } from './local/redis-program.ts';
import type { ServiceName } from './names.ts';

type Place = Pick<Host, 'env' | 'platform' | 'arch'>;

/** What this machine can start by itself. */
export interface FoundHere {
  package?: PostgresPackage | undefined;
  redis?: RedisProgram | undefined;
}

/** Looks for what is needed and nothing else. */
export async function findHere(needs: readonly ServiceName[], place: Place): Promise<FoundHere> {
  const [postgres, redis] = await Promise.all([
    needs.includes('postgres') ? findPostgres(place) : undefined,
    needs.includes('redis') ? findRedis(place) : undefined,
  ]);
  return { package: postgres, redis };
}

export interface Lack {
  service: ServiceName;
  /** Continues “… cannot run here: ”. */
  reason: string;
}

export function lacking(
  needs: readonly ServiceName[],
  found: FoundHere,
  { platform, arch }: Place,
): Lack[] {
  const reasons: Record<ServiceName, string | undefined> = {
    postgres: found.package ? undefined : `npm installed no Postgres for ${platform}-${arch}`,
    redis: found.redis ? undefined : 'neither redis-server nor valkey-server on PATH runs',
  };
  return needs.flatMap((service) => {
    const reason = reasons[service];
    return reason === undefined ? [] : [{ service, reason }];
  });
}

async function findPostgres({ platform, arch }: Place): Promise<PostgresPackage | undefined> {
  const { findPackage } = await import('./local/package.ts');
  return findPackage(platform, arch);
}

async function findRedis(place: Place): Promise<RedisProgram | undefined> {
  const found = await import('./local/redis-program.ts');
  return found.findRedis(place);
}
