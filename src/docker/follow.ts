import type Docker from 'dockerode';

/** Of a pull, a load or a build; which fields there are depends on it. */
export interface EngineEvent {
  id?: string;
  status?: string;
  stream?: string;
  error?: string;
  progressDetail?: { current?: number; total?: number };
}

/**
 * Reads what the engine says of its work, to the end.
 * @throws {Error} it could not do it: that comes as the last event of a stream that began well
 */
export function followEvents(
  docker: Docker,
  stream: NodeJS.ReadableStream,
  onEvent: (event: EngineEvent) => void,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  docker.modem.followProgress(
    stream,
    (error, events: EngineEvent[] | null) => {
      const problem = events?.find((event) => event.error !== undefined)?.error;
      if (error || problem !== undefined) reject(error ?? new Error(problem));
      else resolve();
    },
    onEvent,
  );
  return promise;
}
