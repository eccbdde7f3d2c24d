import type Docker from 'dockerode';
import { DEPENDENCIES, IMAGE_LABEL } from '../../../docker/labels.ts';

const REPOSITORY = 'labs-dependencies';
/** Each may hold some hundred megabytes. */
const KEPT = 20;

export function dependenciesTag(digest: string): { repo: string; tag: string } {
  return { repo: REPOSITORY, tag: digest.slice(0, 32) };
}

/** Removes the oldest of the images with dependencies, down to twenty. */
export async function pruneDependencies(docker: Docker, keep = KEPT): Promise<string[]> {
  const filters = JSON.stringify({ label: [`${IMAGE_LABEL}=${DEPENDENCIES}`] });
  const images = await docker.listImages({ filters });
  const old = images.sort((a, b) => b.Created - a.Created).slice(keep);
  const removed: string[] = [];
  for (const { Id, RepoTags } of old) {
    const name = RepoTags?.[0] ?? Id;
    // One that a run is about to use stays: the engine refuses, or the run makes it again.
    await docker
      .getImage(name)
      .remove()
      .then(() => removed.push(name))
      .catch(() => {});
  }
  return removed;
}
