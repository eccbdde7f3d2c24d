import { environmentError, LabsError, messageOf } from '../../core/errors.ts';
import type { UndoableContext } from '../../core/undoable.ts';
import { connect, type Docker } from '../../docker/client.ts';
import { type AnsweringEngine, describeEndpoint } from '../../docker/engine.ts';
import { ensureImage } from '../../docker/image.ts';
import { labelsOf } from '../../docker/labels.ts';
import { publishedHost } from '../../docker/published.ts';
import { sweepEngine } from '../../docker/sweep.ts';
import { orAbort } from '../../platform/abortable.ts';
import type { IsDead } from '../../platform/owner.ts';
import type { RunDirectory } from '../../platform/run-directory.ts';
import { useEngine } from './testcontainers.ts';

export interface DockerOptions {
  engine: AnsweringEngine;
  run: RunDirectory;
  isDead: IsDead;
}

export interface ReadyEngine {
  docker: Docker;
  /** Where published ports are reached. */
  host: string;
  /** Of all that the run makes. */
  labels: Record<string, string>;
}

/** An engine that has the image, rid of what killed runs left there. */
export async function readyEngine(
  { engine, run, isDead }: DockerOptions,
  image: string,
  context: UndoableContext,
): Promise<ReadyEngine> {
  const { signal, undo, progress } = context;
  progress('connecting to the Docker engine');
  const docker = await connect(engine);
  const host = await orAbort(publishedHost(docker, engine.endpoint), signal);
  await orAbort(useEngine(engine, host), signal);
  // While this run starts: what killed ones left is no reason to wait, nor to fail.
  const swept = sweepEngine(docker, isDead).catch(() => []);
  undo(async () => void (await swept));
  await ensureImage(docker, image, context);
  return { docker, host, labels: await labelsOf(run) };
}

/** @throws {LabsError} whatever the start of a service throws, in our words */
export async function explained<T>(
  service: string,
  { engine }: Pick<DockerOptions, 'engine'>,
  signal: AbortSignal,
  start: Promise<T>,
): Promise<T> {
  try {
    return await start;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof LabsError) throw error;
    throw environmentError(`Docker could not start ${service}: ${messageOf(error)}.`, {
      detail: `engine ${engine.version} at ${describeEndpoint(engine.endpoint)}`,
      hint: '“labs doctor” shows what labs finds; without Docker: labs grade --provider local.',
      cause: error,
    });
  }
}
