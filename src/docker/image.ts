import type Docker from 'dockerode';
import { environmentError, messageOf } from '../core/errors.ts';
import { orAbort } from '../platform/abortable.ts';
import { followEvents } from './follow.ts';
import { saidByEngine } from './said.ts';

export interface PullContext {
  signal: AbortSignal;
  progress(text: string): void;
}

/**
 * Has the engine pull an image that it does not have. testcontainers would too, but it takes a pull
 * that fails halfway for one that succeeded.
 * @throws {LabsError} `environment`: it cannot be pulled
 */
export async function ensureImage(
  docker: Docker,
  image: string,
  { signal, progress }: PullContext,
): Promise<'there' | 'pulled'> {
  if ((await orAbort(findImage(docker, image), signal)) !== undefined) return 'there';
  progress(`pulling ${image}`);
  try {
    // A signal of its own ends the request when nobody waits for it any more.
    const stream = await orAbort(docker.pull(image, { abortSignal: signal }), signal);
    await orAbort(follow(docker, image, stream, progress), signal);
    return 'pulled';
  } catch (error) {
    signal.throwIfAborted();
    throw environmentError(`The image ${image} cannot be pulled: ${saidByEngine(error)}.`, {
      hint: `While there is a network, \`labs images pull\` fetches all that the labs need; \`labs images load <file>\` brings it to a machine without one. By hand: docker pull ${image}.`,
      cause: error,
    });
  }
}

export interface FoundImage {
  id: string;
  /** In bytes, with what it shares with other images. */
  size: number;
}

/**
 * Undefined where the engine does not have it.
 * @throws {LabsError} `environment`: the engine does not answer
 */
export async function findImage(docker: Docker, image: string): Promise<FoundImage | undefined> {
  try {
    const { Id, Size } = await docker.getImage(image).inspect();
    return { id: Id, size: Size };
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw environmentError(`The Docker engine does not answer: ${messageOf(error)}.`, {
      hint: 'Start it again; “labs doctor” shows what labs finds.',
      cause: error,
    });
  }
}

async function follow(
  docker: Docker,
  image: string,
  stream: NodeJS.ReadableStream,
  progress: (text: string) => void,
): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  let said = '';
  await followEvents(docker, stream, ({ id, status, progressDetail }) => {
    const { current, total } = progressDetail ?? {};
    if (status !== 'Downloading' || !id || !current || !total) return;
    layers.set(id, { current, total });
    const text = `pulling ${image}: ${amount([...layers.values()])}`;
    if (text !== said) progress(text);
    said = text;
  });
}

function amount(layers: readonly { current: number; total: number }[]): string {
  const sum = (key: 'current' | 'total') => layers.reduce((bytes, layer) => bytes + layer[key], 0);
  const [current, total] = [sum('current'), sum('total')].map((bytes) => Math.round(bytes / 1e6));
  return `${current} of ${total} MB`;
}
