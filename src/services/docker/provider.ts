import type { ServiceProvider } from '../port.ts';
import { dockerPostgres } from './postgres.ts';
import type { DockerOptions } from './ready.ts';
import { dockerRedis } from './redis.ts';

export type { DockerOptions };

/** Services in containers that nobody but this machine can connect to. */
export function createDockerProvider(options: DockerOptions): ServiceProvider {
  const named = new Map<string, number>();
  const nextName = (service: string) => {
    const number = (named.get(service) ?? 0) + 1;
    named.set(service, number);
    return `labs-${options.run.id}-${service}-${number}`;
  };
  return {
    kind: 'docker',
    postgres: (request) => dockerPostgres(options, request, nextName('postgres')),
    redis: (request) => dockerRedis(options, request, () => nextName('redis')),
  };
}
