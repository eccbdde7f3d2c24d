import type Docker from 'dockerode';
import type { ContainerInfo } from 'dockerode';
import { environmentError } from '../core/errors.ts';
import { type IsDead, isAbandoned } from '../platform/owner.ts';
import { connect } from './client.ts';
import { ASKED_FOR_MS, findEngine } from './engine.ts';
import { IMAGE_LABEL, ownerOf, RUN_LABEL, SUBMISSION } from './labels.ts';
import { removeContainer } from './remove.ts';
import { removeImage } from './remove-image.ts';

/**
 * Removes the containers, networks, volumes and images of runs whose process has ended without doing so.
 * @returns their names, as `container labs-…`
 */
export async function sweepContainers(
  env: Readonly<Record<string, string | undefined>>,
  isDead: IsDead,
): Promise<string[]> {
  const engine = await findEngine(env, ASKED_FOR_MS);
  if (!engine.answers) throw environmentError(`No Docker engine answers: ${engine.reason}.`);
  return sweepEngine(await connect(engine), isDead);
}

/** As `sweepContainers`, with a client at hand. */
export async function sweepEngine(docker: Docker, isDead: IsDead): Promise<string[]> {
  const filters = JSON.stringify({ label: [RUN_LABEL] });
  const submissions = JSON.stringify({ label: [`${IMAGE_LABEL}=${SUBMISSION}`] });
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters: submissions }),
  ]);
  const abandoned = async (labels: Readonly<Record<string, string>> | undefined | null) => {
    const owner = ownerOf(labels ?? {});
    return owner !== undefined && isAbandoned(owner, isDead);
  };
  const removed: string[] = [];
  // Containers first: they hold on to the others.
  for (const { Id, Names, Labels } of containers.sort(borrowersFirst)) {
    if (!(await abandoned(Labels))) continue;
    await removeContainer(docker, Id);
    removed.push(`container ${Names[0]?.replace(/^\//, '') ?? Id}`);
  }
  for (const { Id, Name, Labels } of networks) {
    if (!(await abandoned(Labels))) continue;
    await ignoreMissing(docker.getNetwork(Id).remove());
    removed.push(`network ${Name}`);
  }
  for (const { Name, Labels } of volumes.Volumes ?? []) {
    if (!(await abandoned(Labels))) continue;
    await ignoreMissing(docker.getVolume(Name).remove());
    removed.push(`volume ${Name}`);
  }
  for (const { Id, RepoTags, Labels } of images) {
    if (!(await abandoned(Labels))) continue;
    const name = RepoTags?.[0] ?? Id;
    await removeImage(docker, name);
    removed.push(`image ${name}`);
  }
  return removed;
}

/** Podman removes no container whose network another one uses. */
function borrowersFirst(a: ContainerInfo, b: ContainerInfo): number {
  const borrows = ({ HostConfig }: ContainerInfo) =>
    HostConfig.NetworkMode.startsWith('container:') ? 0 : 1;
  return borrows(a) - borrows(b);
}

/** Another labs may sweep at the same time. */
async function ignoreMissing(removal: Promise<unknown>): Promise<void> {
  await removal.catch((error: unknown) => {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
  });
}
