import type { LabManifest } from '../core/manifest.ts';

export type ServiceName = keyof LabManifest['services'];

/** For people, in the order in which they are told. */
export const NAMES: Readonly<Record<ServiceName, string>> = {
  postgres: 'Postgres',
  redis: 'Redis',
};

/** What to say to name a server of one's own. */
export const NAMING: Readonly<Record<ServiceName, string>> = {
  postgres: '--service postgres=postgres://user:password@host:port/database',
  redis: '--service redis=redis://user:password@host:port',
};

/** `Postgres and Redis`. */
export function listed(services: readonly ServiceName[]): string {
  return services.map((each) => NAMES[each]).join(' and ');
}
