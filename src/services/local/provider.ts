import path from 'node:path';
import { bug } from '../../core/errors.ts';
import type { Directories } from '../../platform/host.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';
import type { ServiceProvider } from '../port.ts';
import type { PostgresPackage } from './package.ts';
import { localPostgres } from './postgres.ts';
import { localRedis } from './redis.ts';
import type { RedisProgram } from './redis-program.ts';

export interface LocalOptions {
  /** What there is of what the lab needs. */
  package?: PostgresPackage | undefined;
  redis?: RedisProgram | undefined;
  platform: NodeJS.Platform;
  directories: Pick<Directories, 'cache'>;
  run: RunDirectory;
  isRoot: boolean;
}

/** Services as processes of this machine: Postgres from npm's binaries, Redis from what is on PATH. */
export function createLocalProvider(options: LocalOptions): ServiceProvider {
  const { package: found, redis: program, platform, run } = options;
  const named = new Map<string, number>();
  const nextName = (service: string) => {
    const number = (named.get(service) ?? 0) + 1;
    named.set(service, number);
    return number === 1 ? service : `${service}-${number}`;
  };
  return {
    kind: 'local',
    postgres: (request) => {
      if (found === undefined) throw bug('Postgres was not looked for, and is needed.');
      const directory = path.join(run.path, nextName('postgres'));
      return localPostgres({ ...options, package: found }, request, directory);
    },
    redis: ({ durable }) => {
      if (program === undefined) throw bug('Redis was not looked for, and is needed.');
      return localRedis({ program, platform, run, durable, name: nextName('redis') });
    },
  };
}
