import { knownLanguage } from '../apps/docker/languages/index.ts';
import { RELAY_IMAGE } from '../apps/docker/relay/start.ts';
import type { LabManifest } from '../core/manifest.ts';
import { serviceImages } from '../services/docker/images.ts';

export interface NeededImage {
  image: string;
  /** What it is for, in words of a table. */
  uses: readonly string[];
}

/** What is known of a lab without looking into its templates' files. */
export interface Needs {
  services: LabManifest['services'];
  /** Of its templates, as their labs.yaml says. */
  languages: readonly string[];
}

/** The images that a registry has to have for these labs to be graded in containers, each once. */
export function neededImages(labs: readonly Needs[]): NeededImage[] {
  const uses = new Map<string, Set<string>>();
  const need = (image: string, use: string) =>
    uses.set(image, (uses.get(image) ?? new Set()).add(use));
  for (const { services } of labs)
    for (const image of serviceImages(services)) need(image, 'service');
  for (const language of labs.flatMap(({ languages }) => languages).sort()) {
    const image = knownLanguage(language)?.image;
    if (image !== undefined) need(image, language);
  }
  need(RELAY_IMAGE, 'network of the sandbox');
  return [...uses].map(([image, words]) => ({ image, uses: [...words] }));
}
