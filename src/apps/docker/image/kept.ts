import type Docker from 'dockerode';
import { DEPENDENCIES, IMAGE_LABEL } from '../../../docker/labels.ts';

const REPOSITORY = 'labs-dependencies';
/** Of a second name, by which an image is a template's: those are not pruned. */
const TEMPLATES = 'labs-template';
/** Each may hold some hundred megabytes. */
const KEPT = 20;

export interface DependenciesName {
  repo: string;
  tag: string;
}

export function dependenciesName(digest: string): DependenciesName {
  return { repo: REPOSITORY, tag: digest.slice(0, 32) };
}

/** `labs-template:crud-api-typescript`: the dependencies of a template, under a name for people. */
export function templateName(lab: string, template: string): DependenciesName {
  return { repo: TEMPLATES, tag: `${lab}-${template}`.replace(/[^\w.-]/g, '-').slice(0, 128) };
}

/** Removes the oldest of the images with dependencies that are no template's, down to twenty. */
export async function pruneDependencies(docker: Docker, keep = KEPT): Promise<string[]> {
  const images = (await keptImages(docker)).filter(
    ({ names }) => !names.some((name) => name.startsWith(`${TEMPLATES}:`)),
  );
  return removeAll(docker, images.sort((a, b) => b.created - a.created).slice(keep));
}

/** Removes all of them, the templates' too. */
export async function removeDependencies(docker: Docker): Promise<string[]> {
  return removeAll(docker, await keptImages(docker));
}

interface KeptImage {
  names: readonly string[];
  created: number;
}

async function keptImages(docker: Docker): Promise<KeptImage[]> {
  const filters = JSON.stringify({ label: [`${IMAGE_LABEL}=${DEPENDENCIES}`] });
  const images = await docker.listImages({ filters });
  return images.map(({ Id, RepoTags, Created }) => {
    const names = RepoTags?.filter((name) => name !== '<none>:<none>') ?? [];
    return { names: names.length > 0 ? names : [Id], created: Created };
  });
}

/** One that a run is about to use stays: the engine refuses, or the run makes it again. */
async function removeAll(docker: Docker, images: readonly KeptImage[]): Promise<string[]> {
  const removed: string[] = [];
  for (const name of images.flatMap(({ names }) => names))
    await docker
      .getImage(name)
      .remove()
      .then(() => removed.push(name))
      .catch(() => {});
  return removed;
}
