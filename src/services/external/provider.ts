import { usageError } from '../../core/errors.ts';
import type { IsDead } from '../../platform/owner.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';
import { NAMES, NAMING, type ServiceName } from '../names.ts';
import type { ServiceProvider } from '../port.ts';
import { databaseName } from './databases.ts';
import { externalPostgres } from './postgres.ts';
import { externalRedis } from './redis.ts';

export interface ExternalOptions {
  /** By service. */
  urls: Readonly<Record<string, string>>;
  run: RunDirectory;
  isDead: IsDead;
}

/** Services that the user runs; of a server, only databases of our own are touched. */
export function createExternalProvider({ urls, run, isDead }: ExternalOptions): ServiceProvider {
  let databases = 0;
  const nextName = () => databaseName(run.id, databases++);
  const urlOf = (service: ServiceName) => {
    const url = urls[service];
    if (url !== undefined) return url;
    throw usageError(`This lab needs ${NAMES[service]}, and no server was named.`, {
      hint: `Add ${NAMING[service]}.`,
    });
  };
  return {
    kind: 'external',
    postgres: (request) => {
      const url = urlOf('postgres');
      return externalPostgres({ url, run, isDead }, request, nextName);
    },
    redis: () => externalRedis({ url: urlOf('redis'), run, isDead }),
  };
}
