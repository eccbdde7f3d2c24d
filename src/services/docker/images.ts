import type { LabManifest } from '../../core/manifest.ts';

type Services = LabManifest['services'];

/** The image of a service in the version that a lab is written for: `postgres:17-alpine`. */
export function serviceImage(service: keyof Services, version: string): string {
  return `${service}:${version}-alpine`;
}

/** Of all the services of a lab. */
export function serviceImages(services: Services): string[] {
  return (Object.keys(services) as (keyof Services)[]).flatMap((service) => {
    const wanted = services[service];
    return wanted === undefined ? [] : [serviceImage(service, wanted.version)];
  });
}
