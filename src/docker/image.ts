import type Docker from 'dockerode';
import { environmentError, messageOf } from '../core/errors.ts';
import { orAbort } from '../platform/abortable.ts';

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
): Promise<void> {
  if (await orAbort(isPresent(docker, image), signal)) return;
  progress(`pulling ${image}`);
  try {
    // A signal of its own ends the request when nobody waits for it any more.
    const stream = await orAbort(docker.pull(image, { abortSignal: signal }), signal);
    await orAbort(follow(docker, image, stream, progress), signal);
  } catch (error) {
    signal.throwIfAborted();
    throw environmentError(`The image ${image} cannot be pulled: ${messageOf(error)}.`, {
      hint: `Try it by hand: docker pull ${image}. Without Docker: labs grade --provider local.`,
      cause: error,
    });
  }
}

async function isPresent(docker: Docker, image: string): Promise<boolean> {
  try {
    await docker.getImage(image).inspect();
    return true;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return false;
    throw environmentError(`The Docker engine does not answer: ${messageOf(error)}.`, {
      hint: 'Start it again; “labs doctor” shows what labs finds.',
      cause: error,
    });
  }
}

interface PullEvent {
  id?: string;
  status?: string;
  error?: string;
  progressDetail?: { current?: number; total?: number };
}

async function follow(
  docker: Docker,
  image: string,
  stream: NodeJS.ReadableStream,
  progress: (text: string) => void,
): Promise<void> {
  const layers = new Map<string, { current: number; total: number }>();
  let said = '';
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  docker.modem.followProgress(
    stream,
    // What the engine cannot do comes as the last event of a stream that began well.
    (error, events: PullEvent[]) => {
      const problem = events?.find((event) => event.error !== undefined)?.error;
      if (error || problem !== undefined) reject(error ?? new Error(problem));
      else resolve();
    },
    (event: PullEvent) => {
      const { current, total } = event.progressDetail ?? {};
      if (event.status !== 'Downloading' || !event.id || !current || !total) return;
      layers.set(event.id, { current, total });
      const text = `pulling ${image}: ${amount([...layers.values()])}`;
      if (text !== said) progress(text);
      said = text;
    },
  );
  return promise;
}

function amount(layers: readonly { current: number; total: number }[]): string {
  const sum = (key: 'current' | 'total') => layers.reduce((bytes, layer) => bytes + layer[key], 0);
  const [current, total] = [sum('current'), sum('total')].map((bytes) => Math.round(bytes / 1e6));
  return `${current} of ${total} MB`;
}
